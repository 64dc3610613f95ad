import type { Grant } from '@rind/index-model';
import { systemRandomness, uuidV4 } from '@rind/kernel';
import { CliError } from './errors.ts';
import type { OperatorVerb, Subject } from './operator-subjects.ts';

/** Seconds; bounds the first application of a grant, which may have to wait for the signer (ADR 0004). */
const lifetimeSeconds = 7 * 86_400;
/** Characters. */
const maxReasonLength = 500;

/** What the grants of one command have in common. */
export interface Terms {
  readonly verb: OperatorVerb;
  readonly repository: string;
  readonly reason: string | null;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
}

/** A grant for each subject, still to be signed; their sequence grows in the order of the subjects. */
export function operatorGrants(
  subjects: readonly Subject[],
  { verb, repository, reason, nowMs }: Terms,
): Grant[] {
  const seq = microsecondsOf(nowMs);
  const iat = Math.floor(nowMs / 1000);
  return subjects.map((subject, i) => ({
    v: 1,
    repository,
    id: uuidV4(systemRandomness),
    seq: seq + i,
    verb,
    ...subject,
    ...(reason === null ? {} : { reason }),
    actor: 'operator',
    how: 'operator-key',
    iat,
    exp: iat + lifetimeSeconds,
  }));
}

/** What a grant can carry: one line. `usage.invalid` for anything else. */
export function checkReason(text: string): string {
  const trimmed = text.trim();
  if (trimmed === '' || trimmed.length > maxReasonLength || /\p{Control}/u.test(trimmed)) {
    const message = `--reason wants one line of at most ${maxReasonLength} characters`;
    throw new CliError('usage.invalid', message, { argument: 'reason' });
  }
  return trimmed;
}

/** The clock's milliseconds, told apart further by the finer clock of the process. */
function microsecondsOf(nowMs: number): number {
  const fine = Math.floor((performance.timeOrigin + performance.now()) * 1000);
  return nowMs * 1000 + (fine % 1000);
}
