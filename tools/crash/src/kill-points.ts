import { until } from '@rind/interop';
import type { Traps } from '@rind/system-tests';
import type { PointKill } from './crash-points.ts';
import type { Progress } from './progress.ts';
import type { Scene } from './scene.ts';

/** What the kills of a run came to. */
export interface PointsResult {
  readonly reached: readonly string[];
}

/** Uploads around each kill: enough that some come before, and some after. */
const uploadsPerPoint = 8;
const reachTimeoutMs = 120_000;

/**
 * Kills a process at each point, one after the other in one life of the instance, so that every kill meets what the
 * ones before it left. Each is let go when all is back and right after the one before.
 */
export async function killAtPoints(
  scene: Scene,
  traps: Traps<PointKill>,
  progress: Progress,
): Promise<PointsResult> {
  const { subject } = scene;
  const reached: string[] = [];
  await scene.settle();
  for (const kill of traps.all) {
    const before = killsOf(subject.printed, kill.process);
    const isKilled = (): boolean => killsOf(subject.printed, kill.process) > before;
    await letPass(scene, traps, kill);
    const reaching = until(`${kill.text} is reached`, () => traps.isTaken(kill), reachTimeoutMs);
    await scene.durations.of(`until reached by ${kill.cause}`, reaching);
    await until(`${kill.process} was killed`, isKilled, reachTimeoutMs);
    const settled = await scene.settle();
    const kills = killsOf(subject.printed, kill.process) - before;
    if (kills !== 1) throw new Error(`${kills} processes were killed at ${kill.text}`);
    reached.push(kill.text);
    progress.say(`${reached.length}/${traps.all.length} ${kill.text}`, settled);
  }
  return { reached };
}

/** Lets the point happen, and makes sure that somebody passes it. */
export async function letPass(scene: Scene, traps: Traps<PointKill>, kill: PointKill): Promise<void> {
  const { subject, stream } = scene;
  traps.release(kill);
  stream.allow(uploadsPerPoint);
  if (kill.cause === 'take-over') await subject.handOver();
}

/** The supervisor says how each process ended; only we send SIGKILL. */
function killsOf(printed: string, process: string): number {
  return (
    printed.match(new RegExp(`^\\s*${process}(?:-\\d+)? \\(pid \\d+\\) ended with SIGKILL`, 'gm'))?.length ??
    0
  );
}
