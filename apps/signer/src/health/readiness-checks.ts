import { access, constants, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '@rind/kernel';
import type { Readiness } from '@rind/nest-kit';
import { maxTimestampBytes, timestampKey } from '@rind/repository';
import { StorageError } from '@rind/storage-port';
import type { ObjectStore, StoreLocation } from '@rind/storage-port';
import { SignerError } from '../errors.ts';
import type { WriterWatch } from './writer-watch.ts';

export interface CheckedParts {
  readonly location: StoreLocation;
  readonly store: Pick<ObjectStore, 'get'>;
  /** The database's clock, milliseconds since 1970. */
  readonly databaseNowMs: () => Promise<number>;
  readonly clock: Clock;
  /** How far `clock` is shifted on purpose (development). */
  readonly clockOffsetMs: number;
  readonly maxClockSkewMs: number;
  readonly watch: WriterWatch;
  readonly stuckAfterMs: number;
}

/** What a signer needs in order to be the writer, or to become it. */
export function registerChecks(readiness: Readiness, parts: CheckedParts): void {
  const { location, store, databaseNowMs, clock, clockOffsetMs, maxClockSkewMs, watch, stuckAfterMs } = parts;
  readiness.register('database', async () => void (await databaseNowMs()));
  readiness.register('store', async () => {
    if (location.kind === 'fs') await checkFolder(location.path);
    else await store.get(timestampKey, maxTimestampBytes);
  });
  readiness.register('clock', async () => {
    const offsetMs = clock.nowMs() - clockOffsetMs - (await databaseNowMs());
    if (Math.abs(offsetMs) <= maxClockSkewMs) return;
    throw new SignerError('clock.off', `clock is ${offsetMs} ms off the database's`, { offsetMs });
  });
  readiness.register('writer', () => watch.check(stuckAfterMs));
}

/**
 * Reads as the store would, past it: a read through the store may complete somebody's swap, which a probe should
 * not do. Before the first take-over there may be no timestamp yet.
 * @throws StorageError `store.unavailable`
 */
async function checkFolder(path: string): Promise<void> {
  try {
    await access(join(path, 'metadata'), constants.R_OK | constants.W_OK);
    await readFile(join(path, timestampKey)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
  } catch (cause) {
    throw new StorageError(
      'store.unavailable',
      'the folder cannot be used',
      { key: timestampKey },
      { cause },
    );
  }
}
