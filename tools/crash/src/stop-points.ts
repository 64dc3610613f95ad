import { execFileSync } from 'node:child_process';
import { until } from '@rind/interop';
import type { Traps } from '@rind/system-tests';
import type { PointKill } from './crash-points.ts';
import { letPass } from './kill-points.ts';
import type { PointsResult } from './kill-points.ts';
import type { Progress } from './progress.ts';
import type { Scene } from './scene.ts';
import { lostExitCode } from './stop-signers.ts';

/** For the one that takes over, after it has published what was begun. */
const uploadsAfter = 8;
const timeoutMs = 120_000;

/**
 * Stops the writer at each point, until another signer has published what it had begun, and more; then lets it go on:
 * it has to give up without a trace. One after the other, in one life of the instance.
 */
export async function stopAtPoints(
  scene: Scene,
  traps: Traps<PointKill>,
  progress: Progress,
): Promise<PointsResult> {
  const { subject, stream } = scene;
  const reached: string[] = [];
  await scene.settle();
  for (const stop of traps.all) {
    await letPass(scene, traps, stop);
    let stopped: number | null = null;
    const isThere = (): boolean => {
      stopped = subject.file.processes.signer.find((pid) => isStopped(pid)) ?? null;
      return stopped !== null;
    };
    const reaching = until(`a signer stops at ${stop.text}`, isThere, timeoutMs);
    await scene.durations.of(`until reached by ${stop.cause}`, reaching);
    if (!traps.isTaken(stop)) throw new Error(`a signer stopped elsewhere than at ${stop.text}`);
    await scene.settleUploads();
    stream.allow(uploadsAfter);
    await scene.settleUploads();
    if (!isStopped(stopped)) throw new Error(`the signer that stopped at ${stop.text} went on by itself`);
    process.kill(stopped!, 'SIGCONT');
    await until('the replaced signer ends', () => subject.endOf(stopped!) !== null, timeoutMs);
    const end = subject.endOf(stopped!);
    if (end !== lostExitCode) throw new Error(`the signer that stopped at ${stop.text} ended with ${end}`);
    const settled = await scene.settle();
    reached.push(stop.text);
    progress.say(`${reached.length}/${traps.all.length} stopped at ${stop.text}`, settled);
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
