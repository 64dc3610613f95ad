import { isRindError } from '@rind/kernel';

/** Exit codes of every command (docs/reference/cli.md). */
export const exitCodes = {
  ok: 0,
  failed: 1,
  usage: 2,
  refused: 3,
  notFound: 4,
  notYet: 5,
  network: 6,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** The first rule that knows a code decides; what none knows is `failed`. */
const rules: readonly (readonly [RegExp, ExitCode])[] = [
  [/^usage\.|^instance\.not-found$/, exitCodes.usage],
  [/^ceremony\.(?:bad-change|not-a-signer)$/, exitCodes.usage],
  [/^ceremony\.(?:incomplete|not-in-effect)$/, exitCodes.notYet],
  [/^ceremony\./, exitCodes.refused],
  [/^(?:name|version|filename)\.|^path\.invalid$/, exitCodes.usage],
  [/^key\.(?:denied|missing|wrong-kind|unsupported)$/, exitCodes.usage],
  [/^(?:target|file)\.not-found$/, exitCodes.notFound],
  [/^target\.not-yet$/, exitCodes.notYet],
  [/^(?:fetch|store|cache|network)\.|^target\.missing$/, exitCodes.network],
  [/^(?:database|key)\.unavailable$/, exitCodes.network],
  [
    /^(?:verify|target|role|page|metadata|json|client|bytes|grant|recovery|upload|archive|distribution)\./,
    exitCodes.refused,
  ],
];

/** Which exit code an error means, by its stable code. */
export function exitCodeOf(error: unknown): ExitCode {
  if (!isRindError(error)) return exitCodes.failed;
  return rules.find(([codes]) => codes.test(error.code))?.[1] ?? exitCodes.failed;
}

/** What refutes a file weighs more than what merely keeps us from judging it. */
const gravest: readonly ExitCode[] = [
  exitCodes.refused,
  exitCodes.notFound,
  exitCodes.notYet,
  exitCodes.network,
  exitCodes.failed,
  exitCodes.usage,
];

/** The one exit code of a command that did several things. */
export function worstOf(codes: readonly ExitCode[]): ExitCode {
  return gravest.find((code) => codes.includes(code)) ?? exitCodes.ok;
}
