import { open, readdir, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { OpenedTarget, RepositoryReader } from '@rind/fsck';
import { CliError } from '../errors.ts';
import { errnoOf } from '../local-file.ts';

const pieceBytes = 262_144;

/**
 * A repository in a folder. Names come out of metadata that nobody has vouched for: one that leads out of the folder
 * is a file that is not there.
 * @throws CliError `file.not-found` when there is no such folder
 */
export async function openFolder(root: string): Promise<RepositoryReader> {
  const isFolder = await stat(root).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) throw new CliError('file.not-found', `${root} is no folder`, { file: root });
  return {
    async get(path, maxBytes) {
      const file = await openFile(root, path);
      if (file === null) return null;
      try {
        const { size } = await file.stat();
        return size > maxBytes ? 'too-large' : await file.readFile();
      } finally {
        await file.close();
      }
    },
    async openTarget(path): Promise<OpenedTarget | null> {
      const file = await openFile(root, path);
      if (file === null) return null;
      const { size } = await file.stat();
      return { length: size, stream: piecesOf(file) };
    },
    list: (prefix) => filesBelow(root, prefix),
  };
}

/** An open regular file, or null. */
async function openFile(root: string, path: string): Promise<FileHandle | null> {
  if (!isInside(path)) return null;
  const full = join(root, path);
  try {
    if (!(await stat(full)).isFile()) return null;
    return await open(full, 'r');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EISDIR', 'ENAMETOOLONG'].includes(errnoOf(error))) return null;
    throw unreadable(full, error);
  }
}

function isInside(path: string): boolean {
  const parts = path.split('/');
  return !path.includes('\0') && !parts.includes('..') && (sep === '/' || !path.includes(sep));
}

async function* piecesOf(file: FileHandle): AsyncGenerator<Uint8Array> {
  try {
    for (;;) {
      const piece = new Uint8Array(pieceBytes);
      const { bytesRead } = await file.read(piece);
      if (bytesRead === 0) return;
      yield piece.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

/** @param prefix ends in `/`: the name of a folder */
async function* filesBelow(root: string, prefix: string): AsyncGenerator<string> {
  const folders = [join(root, prefix)];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
      if (errnoOf(error) === 'ENOENT') return [];
      throw unreadable(folder, error);
    });
    for (const entry of entries) {
      const full = join(folder, entry.name);
      if (entry.isDirectory()) folders.push(full);
      else yield relative(root, full).split(sep).join('/');
    }
  }
}

function unreadable(file: string, cause: unknown): CliError {
  const errno = errnoOf(cause);
  return new CliError('store.unreadable', `cannot read ${file} (${errno})`, { file, errno }, { cause });
}
