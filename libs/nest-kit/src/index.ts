export { createApp } from './app.ts';
export { currentRequestId, noteInAccessLog } from './access-log.ts';
export type { App, AppOptions } from './app.ts';
export { runProcess } from './process.ts';
export {
  commonVariables,
  httpUrl,
  loadConfig,
  sharedSecret,
  wholeNumber,
  wholeNumberFrom,
} from './config.ts';
export { storeLocation, storeVariables } from './store-variables.ts';
export type { StoreVariables } from './store-variables.ts';
export { KitError } from './errors.ts';
export type { ConfigProblem, KitErrorCode } from './errors.ts';
export { createLogger, describeError, silentLogger } from './logger.ts';
export type { LogFields, Logger } from './logger.ts';
export { redact, redactText } from './redaction.ts';
export { answerText, maxAnswerTextLength } from './answer-text.ts';
export { toProblem } from './problem.ts';
export type { Problem, ProblemAnswer, ProblemRule, ProblemTable } from './problem.ts';
export { Metrics } from './metrics.ts';
export { Readiness } from './readiness.ts';
export type { ReadinessCheck, ReadinessReport } from './readiness.ts';
export { BearerGuard } from './bearer-guard.ts';
export { CLOCK, CONFIG, LOGGER, RANDOMNESS } from './kit.module.ts';
