import { join } from 'node:path';
import { toHex } from '@rind/kernel';
import type { Randomness } from '@rind/kernel';
import { checkStoreKey } from '@rind/storage-port';

/**
 * Where things lie under the root. `metadata/` and `targets/` hold the objects and nothing else, so that a
 * static server or a mirror can take them as they are; `.rind/` is the store's own and must not be served.
 */
export interface Layout {
  readonly root: string;
  /** Unfinished files and directories; whatever is older than a day belongs to a dead writer. */
  readonly tmp: string;
  /** One directory of generations per replaced object. */
  readonly commits: string;
  /** The file of an object. Throws `store.bad-key`. */
  objectPath(key: string): string;
  /** The directory of generations of an object. Throws `store.bad-key`. */
  commitsOf(key: string): string;
}

export const AREAS = ['metadata', 'targets'] as const;

/** The layout of the store in the folder `root` (an absolute path). */
export function layoutOf(root: string): Layout {
  const tmp = join(root, '.rind', 'tmp');
  const commits = join(root, '.rind', 'commits');
  return {
    root,
    tmp,
    commits,
    objectPath: (key) => join(root, checkStoreKey(key)),
    // A comma is in no key, so two keys never share a directory.
    commitsOf: (key) => join(commits, checkStoreKey(key).replaceAll('/', ',')),
  };
}

/** A path in `dir` that nobody else uses: the prefix and 128 random bits. */
export function privatePath(dir: string, prefix: string, randomness: Randomness): string {
  return join(dir, `${prefix}-${toHex(randomness.bytes(16))}`);
}
