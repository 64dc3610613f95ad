import { RindError } from '@rind/kernel';

interface QueueErrors {
  /** Another holder has a newer fence: this process must not publish any more. */
  'lease.lost': { fence: number };
  /** A publication would name objects that somebody was told to delete: it must be planned anew. */
  'object.condemned': { keys: readonly string[] };
  /** Worth trying again: connection lost, server restarting. */
  'queue.unavailable': { operation: string };
}

export type QueueErrorCode = keyof QueueErrors;

export class QueueError<Code extends QueueErrorCode = QueueErrorCode> extends RindError<
  Code,
  QueueErrors[Code]
> {}
