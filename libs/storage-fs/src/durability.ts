import { execFile } from 'node:child_process';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { isAbsent } from './errno.ts';
import type { Layout } from './layout.ts';

/** From here on one barrier for the whole file system costs less than one for each file. */
const MOST_SINGLE_SYNCS = 16;

/** Makes the file system that holds an open file durable, as syncfs(2) does. */
type SyncFileSystem = (descriptor: number) => Promise<void>;

/** Makes objects and the folders that name them survive a power cut. */
export async function syncObjects(layout: Layout, keys: readonly string[]): Promise<void> {
  const paths = keys.map((key) => layout.objectPath(key));
  if (paths.length > MOST_SINGLE_SYNCS && (await syncWhole(layout.root))) return;
  const folders = new Set<string>();
  for (const path of paths) {
    await syncPath(path);
    for (let dir = dirname(path); dir.length > layout.root.length; dir = dirname(dir)) folders.add(dir);
  }
  for (const folder of folders) await syncPath(folder);
  if (paths.length > 0) await syncPath(layout.root);
}

/** fsync of a file or folder; one that is not there has nothing to lose. */
async function syncPath(path: string): Promise<void> {
  let handle: FileHandle;
  try {
    handle = await open(path, 'r');
  } catch (error) {
    if (isAbsent(error)) return;
    throw error;
  }
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** True when the whole file system was made durable; false where there is no such call. */
async function syncWhole(root: string): Promise<boolean> {
  if (process.platform !== 'linux') return false;
  const handle = await open(root, 'r');
  try {
    const sync = await loadSyncFileSystem();
    if (sync === null) await promisify(execFile)('sync', ['-f', root]);
    else await sync(handle.fd);
    return true;
  } finally {
    await handle.close();
  }
}

let loaded: Promise<SyncFileSystem | null> | undefined;

/** syncfs(2) of the C library that Node itself runs on; null where koffi has no build for the platform. */
function loadSyncFileSystem(): Promise<SyncFileSystem | null> {
  loaded ??= import('koffi').then(
    ({ default: koffi }) => {
      const syncfs = koffi.load(null).func('int syncfs(int)');
      return (descriptor) =>
        new Promise<void>((resolve, reject) => {
          syncfs.async(descriptor, (error: unknown, result: number) => {
            if (error === null && result === 0) resolve();
            else reject(new Error('syncfs failed', { cause: error }));
          });
        });
    },
    () => null,
  );
  return loaded;
}
