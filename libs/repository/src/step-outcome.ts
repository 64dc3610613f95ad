import type { PublicationCommand, PublicationOutcome } from './publication-machine.ts';

/**
 * What an error of a step means for a publication, by the error's code: one table for the signer that
 * performs the steps and for the explorer that tries all of them.
 */

/** Errors after which nothing may be written any more. */
const losing = new Set(['lease.lost', 'store.precondition-failed', 'store.conflict', 'record.older']);

const passing = new Set([
  'store.unavailable',
  'store.full',
  'queue.unavailable',
  'database.unavailable',
  'database.serialization',
  'key.unavailable',
  'pool.full',
  'pool.crashed',
  'pool.timeout',
]);

/** After these the timestamp may be out: there is no way back but a restart, which rolls forward. */
const late = new Set<PublicationCommand>(['prepare', 'swap-timestamp', 'read-timestamp', 'close']);

/** Trouble that passes: the very same step is made again. */
export function passes(code: string): boolean {
  return passing.has(code);
}

/** `code` is `internal` for an error that has none. */
export function outcomeOf(command: PublicationCommand, code: string): PublicationOutcome {
  if (losing.has(code)) return { kind: 'lost', reason: code };
  if (!passes(code)) {
    return late.has(command) ? { kind: 'lost', reason: code } : { kind: 'unpublishable', reason: code };
  }
  // Whether `open` committed is unknown: the numbers are given up and the batch planned anew.
  if (command === 'open') return { kind: 'unpublishable', reason: code };
  return { kind: command === 'swap-timestamp' ? 'unknown' : 'retry' };
}

/**
 * What reading the timestamp says of a swap whose outcome is unknown: ours is there, or the one that it
 * should replace still is, or somebody else's. `tag` of `ours` is the one that the swap was made against.
 */
export function outcomeOfReading(
  stored: { readonly sha256: string; readonly tag: unknown } | null,
  ours: { readonly sha256: string; readonly tag: unknown },
): PublicationOutcome {
  if (stored?.sha256 === ours.sha256) return { kind: 'done' };
  return stored?.tag === ours.tag ? { kind: 'unmade' } : { kind: 'lost', reason: 'timestamp replaced' };
}
