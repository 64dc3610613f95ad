import { hash } from '@rind/crypto';
import { monotonicMs } from '@rind/kernel';
import { RunningInstance, sdist, upload } from '@rind/system-tests';
import { rssBytes, rssPeakBytes } from './machine.ts';
import type { Reading } from './result.ts';

const mebibyte = 1024 * 1024;

/** Eight uploads of 50 MiB at once: does the gate stay awake, and does its memory stay flat? */
export async function benchGateHashing(uploads = 8, megabytes = 50): Promise<Reading> {
  const instance = await RunningInstance.start();
  try {
    const { file } = instance;
    await upload(file, 'warm', '1.0');
    const gate = file.processes.gate;
    const rssBefore = rssBytes(gate);
    const bodies = Array.from({ length: uploads }, (_, i) =>
      new Uint8Array(megabytes * mebibyte).fill(i + 1),
    );
    // The reading starts anew here, and is taken once at the end: p99 over all of it.
    await delayP99Ms(file.endpoints.gate);
    const samplesMs = await Promise.all(
      bodies.map(async (bytes, i) => {
        const from = monotonicMs();
        const answer = await upload(file, `big-${i}`, '1.0', sdist(`big-${i}`, '1.0', bytes));
        if (answer.status !== 200) throw new Error(`upload: ${answer.status} ${answer.code} ${answer.text}`);
        return monotonicMs() - from;
      }),
    );
    const delayMs = await delayP99Ms(file.endpoints.gate);
    return {
      params: {
        uploads,
        megabytes,
        eventLoopDelayP99Ms: Math.round(delayMs * 100) / 100,
        rssGrowthMB: Math.round((rssPeakBytes(gate) - rssBefore) / mebibyte),
      },
      samplesMs,
      rssPeakBytes: rssPeakBytes(gate),
      floor: {
        what: `four hashes over ${uploads} × ${megabytes} MiB in one thread`,
        samplesMs: [hashFloor(bodies)],
      },
    };
  } finally {
    await instance.destroy();
  }
}

/** The gate's own reading since the last time it was asked. */
async function delayP99Ms(gate: string): Promise<number> {
  const text = await (await fetch(`${gate}/metrics`)).text();
  const seconds = /^rind_event_loop_delay_seconds\{quantile="0\.99"\} (\S+)$/m.exec(text)?.[1];
  return Number(seconds ?? Number.NaN) * 1000;
}

function hashFloor(bodies: readonly Uint8Array[]): number {
  const from = monotonicMs();
  for (const body of bodies)
    for (const name of ['sha256', 'sha512', 'blake2b-256', 'md5'] as const) hash(name, body);
  return monotonicMs() - from;
}
