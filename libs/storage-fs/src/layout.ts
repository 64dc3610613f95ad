import { join } from 'node:path';
import { hashHex } from '@rind/crypto';
import { toHex, utf8 } from '@rind/kernel';
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
    commitsOf: (key) => join(commits, folderName(checkStoreKey(key))),
  };
}

/** Bytes of a name in a directory, as common file systems bound it. */
const MAX_NAME_BYTES = 255;

/** A comma is in no key, so two keys never share a directory; what begins with one is the hash of a key too long for a name. */
function folderName(key: string): string {
  const name = key.replaceAll('/', ',');
  return name.length <= MAX_NAME_BYTES ? name : `,${hashHex('sha256', utf8(key))}`;
}

/** A path in `dir` that nobody else uses: the prefix and 128 random bits. */
export function privatePath(dir: string, prefix: string, randomness: Randomness): string {
  return join(dir, `${prefix}-${toHex(randomness.bytes(16))}`);
}
