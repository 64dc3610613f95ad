import { monotonicMs } from '@rind/kernel';
import { openPool } from '@rind/database';
import { RunningInstance } from '@rind/system-tests';
import { publishFloor } from './floor.ts';
import { rssPeakBytes } from './machine.ts';
import type { Reading } from './result.ts';

/** A whole first start, ceremony included: from nothing to the line RIND READY. */
export async function benchCeremony(bins: number, runs = 3): Promise<Reading> {
  const samplesMs: number[] = [];
  let rss = 0;
  for (let run = 0; run < runs; run++) {
    const from = monotonicMs();
    const instance = await RunningInstance.start({ args: ['--bins', String(bins)] });
    samplesMs.push(monotonicMs() - from);
    rss = Math.max(rss, rssPeakBytes(instance.file.processes.supervisor));
    await instance.destroy();
  }
  return {
    params: { bins, measured: 'first start to ready, ceremony included' },
    samplesMs,
    rssPeakBytes: rss,
    floor: {
      what: `read, hash, sign and write ${bins} files of 400 bytes in one thread`,
      samplesMs: publishFloor(bins, 400, bins * 34, 1),
    },
  };
}

/** Signs every bin anew in one publication: what a change of the online key costs. */
export async function benchResignAll(bins: number): Promise<Reading> {
  const hours = (n: number): string => String(n * 3_600_000);
  const instance = await RunningInstance.start({
    args: ['--bins', String(bins)],
    env: { RIND_REFRESH_BELOW_MS: hours(25), RIND_REFRESH_FLOOR_MS: hours(24), RIND_REFRESH_TICK_MS: '1000' },
  });
  const pool = openPool(instance.file.db.signer, { max: 1, name: 'bench' });
  try {
    let samplesMs: number[] = [];
    await instance.until(
      'every bin is signed anew, three times',
      async () => {
        const { rows } = await pool.query<{ duration_ms: number }>(
          `SELECT duration_ms FROM signer.publication WHERE kind = 'refresh' AND state = 'closed' AND bins = $1`,
          [bins],
        );
        samplesMs = rows.map((row) => row.duration_ms);
        return samplesMs.length >= 3;
      },
      300_000,
    );
    return {
      params: { bins },
      samplesMs,
      rssPeakBytes: rssPeakBytes(instance.file.processes.signer[0] ?? null),
      floor: {
        what: `read, hash, sign and write ${bins} bins of 400 bytes in one thread`,
        samplesMs: publishFloor(bins, 400, bins * 34, 1),
      },
    };
  } finally {
    await pool.close();
    await instance.destroy();
  }
}
