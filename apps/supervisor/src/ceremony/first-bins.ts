import { availableParallelism } from 'node:os';
import type { Clock } from '@rind/kernel';
import { bitLengthOf } from '@rind/repository';
import type { CeremonyRecord } from '@rind/database';
import { createWorkerPool, workerUrl } from '@rind/worker-pool';
import type { DataDir } from '../instance/data-dir.ts';
import type { InstanceSettings } from '../instance/settings.ts';
import type { FirstBinsTasks, FirstBinsWorkerData } from './first-bins-tasks.ts';
import { keyNames } from './key-files.ts';
import { onlineLifetimeMs } from './roles.ts';

const binsPerTask = 256;

export interface FirstBinsParts {
  readonly data: DataDir;
  readonly settings: InstanceSettings;
  readonly clock: Clock;
  readonly progress: (done: number, total: number) => void;
}

/** Signs every empty bin in the pool. Expiries are spread over a quarter of the lifetime, so that they never all fall due at once. */
export async function signFirstBins(parts: FirstBinsParts, nowMs: number): Promise<CeremonyRecord['bins']> {
  const { data, settings, progress } = parts;
  const count = settings.bins;
  const expiresMs = Array.from({ length: count }, (_, i) => firstExpiry(nowMs, i));
  const length = new Array<number>(count).fill(0);
  const workerData: FirstBinsWorkerData = {
    store: settings.store,
    keyFile: data.key(keyNames.bin),
    passphraseFile: data.passphraseFile,
    bitLength: bitLengthOf(count),
  };
  const pool = createWorkerPool<FirstBinsTasks>({
    worker: workerUrl(import.meta.url, './first-bins.worker'),
    threads: Math.min(8, availableParallelism()),
    maxQueue: 32_768 / binsPerTask,
    workerData,
  });
  try {
    let done = 0;
    progress(0, count);
    await Promise.all(
      starts(count).map(async (from) => {
        const slice = expiresMs.slice(from, from + binsPerTask);
        const built = await pool.run('sign', { from, expiresMs: slice });
        for (const [i, bytes] of built.lengths.entries()) length[from + i] = bytes;
        done += built.lengths.length;
        progress(done, count);
      }),
    );
  } finally {
    await pool.destroy();
  }
  return { count, expiresMs, length };
}

function firstExpiry(nowMs: number, index: number): number {
  const spread = Math.floor(((index * 0.61803398875) % 1) * (onlineLifetimeMs / 4));
  return Math.floor((nowMs + onlineLifetimeMs - spread) / 1000) * 1000;
}

function starts(count: number): number[] {
  return Array.from({ length: Math.ceil(count / binsPerTask) }, (_, i) => i * binsPerTask);
}
