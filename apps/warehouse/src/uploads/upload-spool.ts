import { mkdir, open, readdir, unlink } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { createHasher } from '@rind/crypto';
import { toHex, uuidV4 } from '@rind/kernel';
import type { Randomness } from '@rind/kernel';
import { WarehouseError } from '../errors.ts';
import { diskRefusal } from './disk-refusal.ts';

/** A file that was received whole and is what was announced. `discard` is idempotent and never throws. */
export interface SpooledUpload {
  readonly path: string;
  discard(): Promise<void>;
}

const nameOf = (pid: number, id: string) => `warehouse-${pid}-${id}.upload`;
const ownName = /^warehouse-([0-9]{1,10})-[0-9a-f-]{36}\.upload$/;

/**
 * Where a file is received before it enters the store. The folder may be shared with other processes:
 * names carry the process id, so that a start removes what dead processes left and nothing else.
 */
export class UploadSpool {
  private readonly dir: string;
  private readonly randomness: Randomness;

  constructor(dir: string, randomness: Randomness) {
    this.dir = dir;
    this.randomness = randomness;
  }

  /** Makes the folder and removes the leftovers of dead processes; gives their number. */
  async open(): Promise<number> {
    await mkdir(this.dir, { recursive: true, mode: 0o700 });
    let swept = 0;
    for (const name of await readdir(this.dir)) {
      const pid = Number(ownName.exec(name)?.[1] ?? 0);
      // A file with our own id was left by a predecessor: this process has written none yet.
      if (pid === 0 || (pid !== process.pid && isAlive(pid))) continue;
      await unlink(join(this.dir, name)).catch(() => {});
      swept++;
    }
    return swept;
  }

  /**
   * Receives a file into the folder; leaves nothing behind when it fails.
   * @throws WarehouseError `upload.corrupt-transfer`, `upload.aborted`; StorageError `store.full`, `store.unavailable`
   */
  async receive(
    file: AsyncIterable<Uint8Array>,
    expected: { readonly length: number; readonly sha256: string },
  ): Promise<SpooledUpload> {
    const path = join(this.dir, nameOf(process.pid, uuidV4(this.randomness)));
    let handle: FileHandle | undefined;
    try {
      handle = await open(path, 'wx', 0o600);
      await writeAll(handle, file, expected);
      await handle.close();
      return { path, discard: () => unlink(path).catch(() => {}) };
    } catch (error) {
      await handle?.close().catch(() => {});
      await unlink(path).catch(() => {});
      throw diskRefusal(error);
    }
  }
}

async function writeAll(
  handle: FileHandle,
  file: AsyncIterable<Uint8Array>,
  expected: { readonly length: number; readonly sha256: string },
): Promise<void> {
  const sha256 = createHasher('sha256');
  let length = 0;
  for await (const chunk of received(file)) {
    length += chunk.length;
    if (length > expected.length) break;
    sha256.update(chunk);
    for (let at = 0; at < chunk.length;) at += (await handle.write(chunk, at)).bytesWritten;
  }
  if (length !== expected.length || toHex(sha256.digest()) !== expected.sha256) {
    throw new WarehouseError('upload.corrupt-transfer', 'The upload was damaged on its way. Try again.', {});
  }
}

/** Tells errors of the sender from errors of the disk. */
async function* received(file: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* file;
  } catch (cause) {
    throw new WarehouseError('upload.aborted', 'the sender went away', {}, { cause });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
