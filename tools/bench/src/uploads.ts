import { monotonicMs } from '@rind/kernel';
import { receiptOf, RunningInstance, upload } from '@rind/system-tests';
import { publishFloor } from './floor.ts';
import { rssOfProcesses, rssPeakBytes } from './machine.ts';
import type { Reading } from './result.ts';

/** From the first byte sent to the file verifiable, at a steady rate of new uploads. */
export async function benchUploadLatency(perSecond: number, seconds: number, bins: number): Promise<Reading> {
  const instance = await RunningInstance.start({ args: ['--bins', String(bins)] });
  try {
    const { file } = instance;
    await one(file, 'warm', '0.1');
    const samplesMs: number[] = [];
    const running: Promise<void>[] = [];
    const total = perSecond * seconds;
    const startMs = monotonicMs();
    for (let i = 0; i < total; i++) {
      const dueMs = startMs + (i * 1000) / perSecond;
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, dueMs - monotonicMs())));
      running.push(one(file, `latency-${i % 50}`, `1.${i}`).then((ms) => void samplesMs.push(ms)));
    }
    await Promise.all(running);
    return {
      params: { perSecond, seconds, bins, ...rssOfProcesses(file.processes) },
      samplesMs,
      rssPeakBytes: rssPeakBytes(file.processes.signer[0] ?? null),
      floor: {
        what: 'read, hash, sign and write 2 bins, a snapshot and a timestamp',
        samplesMs: publishFloor(2, 500, bins * 34, 10),
      },
    };
  } finally {
    await instance.destroy();
  }
}

/** As many uploads as the instance takes: milliseconds for each of them to become verifiable, one after another per lane. */
export async function benchUploadRate(lanes: number, total: number, bins: number): Promise<Reading> {
  const instance = await RunningInstance.start({ args: ['--bins', String(bins)] });
  try {
    const { file } = instance;
    const samplesMs: number[] = [];
    let next = 0;
    const startMs = monotonicMs();
    const lane = async (): Promise<void> => {
      for (let i = next++; i < total; i = next++) samplesMs.push(await one(file, `rate-${i % 50}`, `1.${i}`));
    };
    await Promise.all(Array.from({ length: lanes }, lane));
    const perSecond = total / ((monotonicMs() - startMs) / 1000);
    return {
      params: { lanes, total, bins, uploadsPerSecond: Math.round(perSecond * 10) / 10 },
      samplesMs,
      rssPeakBytes: rssPeakBytes(file.processes.warehouse),
      floor: {
        what: 'read, hash, sign and write 2 bins, a snapshot and a timestamp',
        samplesMs: publishFloor(2, 500, bins * 34, 10),
      },
    };
  } finally {
    await instance.destroy();
  }
}

/** One upload, until it is verifiable; milliseconds. */
export async function one(file: RunningInstance['file'], project: string, version: string): Promise<number> {
  const from = monotonicMs();
  const answer = await upload(file, project, version);
  if (answer.receipt === null)
    throw new Error(`upload refused: ${answer.status} ${answer.code} ${answer.text}`);
  const { state, code } = await receiptOf(file, answer.receipt, 60);
  if (state !== 'verifiable') throw new Error(`upload is ${state}: ${code}`);
  return monotonicMs() - from;
}
