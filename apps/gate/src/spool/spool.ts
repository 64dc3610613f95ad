import { mkdir, open, readdir, statfs, unlink } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { uuidV4 } from '@rind/kernel';
import type { Randomness } from '@rind/kernel';
import { spoolFull, SpoolBudget } from './budget.ts';
import type { Reservation } from './budget.ts';
import { isAlive } from './process-alive.ts';

/** A file that was received whole. `discard` is idempotent and never throws. */
export interface SpooledFile {
  readonly path: string;
  /** Bytes. */
  readonly length: number;
  discard(): Promise<void>;
}

/** Promises grow by this much when the sender does not say how long the body is. */
const growthBytes = 1_048_576;
/** Bytes that may wait in memory for the disk, per upload. */
const sinkBytes = 262_144;
const nameOf = (pid: number, id: string) => `gate-${pid}-${id}.upload`;
const ownName = /^gate-([0-9]{1,10})-[0-9a-f-]{36}\.upload$/;

/**
 * Where uploads wait on disk for their digests and their grant. The folder may be shared with other processes:
 * names carry the process id, so that a start removes what dead processes left and nothing else.
 */
export class Spool {
  readonly budget: SpoolBudget;
  private readonly dir: string;
  private readonly randomness: Randomness;

  constructor(dir: string, maxBytes: number, randomness: Randomness) {
    this.dir = dir;
    this.budget = new SpoolBudget(maxBytes);
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
      await unlink(join(this.dir, name)).catch(ignoreMissing);
      swept++;
    }
    return swept;
  }

  /** @throws GateError `spool.full` when the disk below has no room, whoever took it */
  async check(): Promise<void> {
    const { bavail, bsize } = await statfs(this.dir);
    if (bavail * bsize < growthBytes) throw spoolFull();
  }

  /**
   * Writes all chunks to a new file of mode 0600.
   * @param expectedBytes bytes promised before the first is read, or undefined when unknown
   * @throws GateError `spool.full`; what the source throws. Nothing is left behind then.
   */
  async receive(source: Readable, expectedBytes: number | undefined): Promise<SpooledFile> {
    const promised = expectedBytes ?? growthBytes;
    const reservation = this.budget.reserve(promised);
    const path = join(this.dir, nameOf(process.pid, uuidV4(this.randomness)));
    let file: FileHandle | undefined;
    try {
      file = await open(path, 'wx', 0o600);
      const length = await writeAll(file, source, reservation, promised);
      await file.close();
      return { path, length, discard: () => discard(path, reservation) };
    } catch (error) {
      await file?.close().catch(() => {});
      await discard(path, reservation);
      throw isNoSpace(error) ? spoolFull(error) : error;
    }
  }
}

/** Chunk by chunk as they come: joining them to larger ones would copy every byte once more. */
async function writeAll(
  file: FileHandle,
  source: Readable,
  reservation: Reservation,
  promisedBytes: number,
): Promise<number> {
  let length = 0;
  let promised = promisedBytes;
  const write = async (chunk: Uint8Array) => {
    if (length + chunk.length > promised) {
      promised = length + chunk.length + growthBytes;
      reservation.growTo(promised);
    }
    for (let at = 0; at < chunk.length;) at += (await file.write(chunk, at)).bytesWritten;
    length += chunk.length;
  };
  const sink = new Writable({
    highWaterMark: sinkBytes,
    write: (chunk: Uint8Array, _encoding, done) => void write(chunk).then(() => done(), done),
  });
  await pipeline(source, sink);
  return length;
}

async function discard(path: string, reservation: Reservation): Promise<void> {
  // A file that cannot be removed still occupies the disk, but the next start removes it.
  await unlink(path).catch(() => {});
  reservation.release();
}

function isNoSpace(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  return code === 'ENOSPC' || code === 'EDQUOT' || code === 'EMFILE';
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
