import { isRindError } from '@rind/kernel';
import { StorageError } from '@rind/storage-port';

const noRoom = new Set(['ENOSPC', 'EDQUOT', 'EMFILE', 'ENFILE']);

/** What a failure of the spool's disk is to the gate: no room, or a disk that does not work. A RindError stays what it is. */
export function diskRefusal(error: unknown): Error {
  if (isRindError(error)) return error;
  const details = { key: 'spool' };
  const code = (error as NodeJS.ErrnoException | null)?.code ?? '';
  if (noRoom.has(code))
    return new StorageError('store.full', 'There is no room for the file.', details, { cause: error });
  return new StorageError('store.unavailable', 'The file could not be received.', details, { cause: error });
}
