import {
  chmod,
  constants,
  copyFile,
  link,
  lstat,
  mkdir,
  readFile,
  stat,
  unlink,
  writeFile,
} from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Randomness } from '@rind/kernel';
import { StorageError } from '@rind/storage-port';
import type { ObjectBody, PutOutcome } from '@rind/storage-port';
import type { Pause } from './checkpoints.ts';
import { errnoOf, naming } from './errno.ts';
import { privatePath } from './layout.ts';
import type { Layout } from './layout.ts';
import { hashedFile } from './reading.ts';

/** Another file system, too many links to one file, or a file of another user: copy instead. */
const CANNOT_LINK = ['EXDEV', 'EMLINK', 'EPERM'];
/** A static server runs as another user. */
const READABLE = 0o444;

/**
 * Creates an object. Its bytes are complete under a private name before `link` gives them the final one,
 * which it does only if that is free: a reader sees nothing or all, and an existing object never changes.
 */
export async function putNew(
  layout: Layout,
  key: string,
  body: ObjectBody,
  randomness: Randomness,
  pause: Pause,
): Promise<PutOutcome> {
  const path = layout.objectPath(key);
  const draft = privatePath(layout.tmp, 'put', randomness);
  return naming(key, async () => {
    try {
      const source = body instanceof Uint8Array ? draft : body.path;
      if (body instanceof Uint8Array) await writeFile(draft, body, { flag: 'wx', mode: 0o644 });
      else await prepareFile(body.path, body.length);
      await pause('store.put.written');
      if (!(await placed(source, path, draft))) return await compared(path, key, body);
      await pause('store.put.linked');
      return 'created';
    } finally {
      await unlink(draft).catch(() => {});
    }
  });
}

/** Gives `source` the name `path` if that is free. */
async function placed(source: string, path: string, draft: string, retry = true): Promise<boolean> {
  try {
    await link(source, path);
    return true;
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === 'EEXIST') return false;
    if (errno === 'ENOENT' && retry) {
      await mkdir(dirname(path), { recursive: true });
      return placed(source, path, draft, false);
    }
    if (!CANNOT_LINK.includes(errno) || source === draft) throw error;
    await copyFile(source, draft, constants.COPYFILE_EXCL);
    return placed(draft, path, draft);
  }
}

async function compared(path: string, key: string, body: ObjectBody): Promise<PutOutcome> {
  const found = await stat(path);
  if (found.isDirectory()) throw new StorageError('store.bad-key', 'the key is a folder of others', { key });
  const same =
    body instanceof Uint8Array
      ? found.size === body.length && (await readFile(path)).equals(body)
      : found.size === body.length && (await hashedFile(path))?.sha256 === body.sha256;
  if (!same) throw new StorageError('store.conflict', 'other bytes are stored under this key', { key });
  return 'identical';
}

/** The stored file will be this very file, so it gets its final mode before it gets its name. */
async function prepareFile(path: string, length: number): Promise<void> {
  // Not stat: linking a symbolic link would store the link.
  const found = await lstat(path);
  if (!found.isFile() || found.size !== length) throw new Error(`not a local file of ${length} bytes`);
  if ((found.mode & READABLE) !== READABLE) await chmod(path, 0o644);
}
