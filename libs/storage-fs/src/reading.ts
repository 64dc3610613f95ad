import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { StorageError } from '@rind/storage-port';
import type { ByteRange, ObjectStat, OpenedObject } from '@rind/storage-port';
import { isAbsent } from './errno.ts';
import { sha256HexOf } from './file-hash.ts';

const CHUNK_BYTES = 1 << 18;

/** A file's bytes, or null when there is none. More than `maxBytes`: `store.too-large`. */
export async function readBounded(path: string, key: string, maxBytes: number): Promise<Uint8Array | null> {
  const file = await openFile(path);
  if (file === null) return null;
  try {
    if (file.length > maxBytes) {
      throw new StorageError('store.too-large', 'the object is larger than asked for', { key, maxBytes });
    }
    const bytes = await file.handle.readFile();
    return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  } finally {
    await file.handle.close();
  }
}

/** A stream of a file or a part of it. The file stays open until the stream ends or is destroyed. */
export async function openRange(path: string, range?: ByteRange): Promise<OpenedObject | null> {
  const file = await openFile(path);
  if (file === null) return null;
  const span = range === undefined ? {} : { start: range.start, end: range.end };
  const stream = file.handle.createReadStream({ ...span, highWaterMark: CHUNK_BYTES });
  return { length: file.length, stream: stream as AsyncIterable<Uint8Array> };
}

/** Length and SHA-256 of a file, read to its end, or null when there is none. */
export async function hashedFile(path: string): Promise<ObjectStat | null> {
  const opened = await openRange(path);
  return opened && { length: opened.length, sha256: await sha256HexOf(opened.stream) };
}

async function openFile(path: string): Promise<{ handle: FileHandle; length: number } | null> {
  let handle: FileHandle;
  try {
    // Objects are regular files: a link that somebody put here must not lead out of the store.
    handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
  const found = await handle.stat();
  if (found.isFile()) return { handle, length: found.size };
  await handle.close();
  return null;
}
