import { isRindError } from '@rind/kernel';
import type { Clock } from '@rind/kernel';
import { currentRequestId } from './access-log.ts';
import { redact, redactText } from './redaction.ts';

export type LogFields = Readonly<Record<string, unknown>>;

/** Structured log: one JSON object a line. `event` is `noun.verb`, stable like an error code. */
export interface Logger {
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
}

/** Everything a log may say about something thrown: name, code, stack, and the same of its causes. */
export function describeError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return redact(error);
  const described: Record<string, unknown> = { name: error.name, message: redactText(error.message) };
  if (isRindError(error)) described['code'] = error.code;
  else if ('code' in error) described['code'] = redact(error.code);
  if (error.stack !== undefined) described['stack'] = redactText(error.stack);
  if (error.cause !== undefined && depth < 5) described['cause'] = describeError(error.cause, depth + 1);
  return described;
}

/**
 * @param process name of the process, on every line
 * @param write takes one line with its line feed; standard output by default
 */
export function createLogger(options: {
  process: string;
  clock: Clock;
  write?: (line: string) => void;
}): Logger {
  const write = options.write ?? ((line: string) => void process.stdout.write(line));
  const log = (level: string) => (event: string, fields?: LogFields) => {
    const { error, ...rest } = fields ?? {};
    const line = {
      at: new Date(options.clock.nowMs()).toISOString(),
      level,
      process: options.process,
      event,
      ...requestOf(),
      ...(redact(rest) as object),
      ...(error === undefined ? {} : { error: describeError(error) }),
    };
    write(`${JSON.stringify(line)}\n`);
  };
  return { info: log('info'), warn: log('warn'), error: log('error') };
}

/** What is said while a request is answered names it. */
function requestOf(): LogFields {
  const requestId = currentRequestId();
  return requestId === undefined ? {} : { requestId };
}

/** A logger that says nothing. */
export const silentLogger: Logger = { info() {}, warn() {}, error() {} };
