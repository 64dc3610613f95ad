import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { checkStorePrefix, isStoreKey } from '@rind/storage-port';
import { asStorageError, isAbsent } from './errno.ts';
import { AREAS } from './layout.ts';

/**
 * Keys that begin with `prefix`, in code point order. A folder sorts as its name with the slash that all
 * keys below it have there; with that a walk in order meets the keys in order.
 */
export async function* listKeys(root: string, prefix: string): AsyncGenerator<string> {
  checkStorePrefix(prefix);
  const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
  if (folder !== '') {
    yield* walk(root, folder, prefix);
    return;
  }
  for (const area of AREAS) {
    if (area.startsWith(prefix)) yield* walk(root, `${area}/`, prefix);
  }
}

/** @param folder empty or ending with `/`, relative to the root */
async function* walk(root: string, folder: string, prefix: string): AsyncGenerator<string> {
  for (const name of await sortedNames(root, folder)) {
    const key = folder + name;
    if (key.endsWith('/')) {
      if (key.startsWith(prefix) || prefix.startsWith(key)) yield* walk(root, key, prefix);
    } else if (key.startsWith(prefix) && isStoreKey(key)) yield key;
  }
}

/** Names of files, and names of folders with a slash; nothing else (a link could lead out of the store). */
async function sortedNames(root: string, folder: string): Promise<string[]> {
  if (!AREAS.some((area) => folder.startsWith(`${area}/`))) return [];
  try {
    const entries = await readdir(join(root, folder), { withFileTypes: true });
    const names = entries.flatMap((entry) => {
      if (entry.isDirectory()) return [`${entry.name}/`];
      return entry.isFile() ? [entry.name] : [];
    });
    // ASCII only, so the order of UTF-16 units is that of code points.
    return names.sort();
  } catch (error) {
    if (isAbsent(error)) return [];
    throw asStorageError(folder, error);
  }
}
