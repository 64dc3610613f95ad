import { isRindError } from '@rind/kernel';
import type { PublicationCommand, PublicationOutcome } from '@rind/repository';
import { isPassing } from './passing-errors.ts';

/** Errors after which nothing may be written any more. */
const losing = new Set(['lease.lost', 'store.precondition-failed', 'store.conflict']);

/** What an error of a step means for the publication. */
export function outcomeOf(command: PublicationCommand, error: unknown): PublicationOutcome {
  if (!isRindError(error)) return stopOrUnpublishable(command, 'internal');
  const { code } = error;
  if (losing.has(code)) return { kind: 'lost', reason: code };
  if (isPassing(error)) {
    // Whether `open` committed is unknown: the numbers are given up and the batch planned anew.
    if (command === 'open') return { kind: 'unpublishable', reason: error.code };
    return { kind: command === 'swap-timestamp' ? 'unknown' : 'retry' };
  }
  return stopOrUnpublishable(command, code);
}

/** After the timestamp may be out there is no way back but a restart, which rolls forward. */
function stopOrUnpublishable(command: PublicationCommand, reason: string): PublicationOutcome {
  const late: readonly PublicationCommand[] = ['prepare', 'swap-timestamp', 'read-timestamp', 'close'];
  return late.includes(command) ? { kind: 'lost', reason } : { kind: 'unpublishable', reason };
}
