import { execFileSync } from 'node:child_process';
import { until } from '@rind/interop';
import type { PointKill } from './crash-points.ts';
import type { PointsResult } from './kill-points.ts';
import type { Progress } from './progress.ts';
import type { Scene } from './scene.ts';
import { lostExitCode } from './stop-signers.ts';

const uploadsPerPoint = 8;
const timeoutMs = 120_000;

/**
 * Stops the writer at each point, until another signer has published what it had begun, and more; then lets it go on:
 * it has to give up without a trace. One start of the instance for each point, on the same data.
 */
export async function stopAtPoints(
  scene: Scene,
  stops: readonly PointKill[],
  progress: Progress,
): Promise<PointsResult> {
  const { subject, stream } = scene;
  const reached: string[] = [];
  await scene.settle();
  for (const stop of stops) {
    await subject.stop();
    stream.allow(uploadsPerPoint);
    await subject.start({ ...stop.env, RIND_STOP_AT: stop.text });
    let stopped: number | null = null;
    await until(
      `a signer stops at ${stop.text}`,
      () => {
        stopped = subject.file.processes.signer.find((pid) => isStopped(pid)) ?? null;
        return stopped !== null;
      },
      timeoutMs,
    );
    await scene.settleUploads();
    stream.allow(uploadsPerPoint);
    await scene.settleUploads();
    if (!isStopped(stopped)) throw new Error(`the signer that stopped at ${stop.text} went on by itself`);
    process.kill(stopped!, 'SIGCONT');
    await until('the replaced signer ends', () => subject.endOf(stopped!) !== null, timeoutMs);
    const end = subject.endOf(stopped!);
    if (end !== lostExitCode) throw new Error(`the signer that stopped at ${stop.text} ended with ${end}`);
    const settled = await scene.settle();
    reached.push(stop.text);
    progress.say(`${reached.length}/${stops.length} stopped at ${stop.text}`, settled);
  }
  return { reached };
}

function isStopped(pid: number | null): boolean {
  if (pid === null) return false;
  try {
    return execFileSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).startsWith('T');
  } catch {
    return false;
  }
}
