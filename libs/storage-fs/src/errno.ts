import { StorageError } from '@rind/storage-port';

const NO_ROOM = ['ENOSPC', 'EDQUOT'];
const NOT_A_FILE = ['ENOTDIR', 'EISDIR', 'ENAMETOOLONG'];
/** Making the folder of a key found a file there; every other EEXIST is answered where it arises. */
const TAKEN_BY_FILE = 'EEXIST';

/** The system's name of a failure, such as `ENOENT`; empty for anything else that was thrown. */
export function errnoOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** True when the failure says that no object can be under that path. */
export function isAbsent(error: unknown): boolean {
  const errno = errnoOf(error);
  return errno === 'ENOENT' || NOT_A_FILE.includes(errno);
}

/** A failed call as the port names it; the system's error stays as cause. */
export function asStorageError(key: string, error: unknown): StorageError {
  if (error instanceof StorageError) return error;
  const errno = errnoOf(error);
  if (NO_ROOM.includes(errno))
    return new StorageError('store.full', 'no room left', { key }, { cause: error });
  if (NOT_A_FILE.includes(errno) || errno === TAKEN_BY_FILE) {
    return new StorageError(
      'store.bad-key',
      'the key collides with a folder or is too long',
      { key },
      { cause: error },
    );
  }
  return new StorageError('store.unavailable', 'the file system refused', { key }, { cause: error });
}

/** Runs a step and names its failure. */
export async function naming<Result>(key: string, step: () => Promise<Result>): Promise<Result> {
  try {
    return await step();
  } catch (error) {
    throw asStorageError(key, error);
  }
}
