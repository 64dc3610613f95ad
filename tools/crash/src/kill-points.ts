import { until } from '@rind/interop';
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
 * Kills a process at each point, one start of the instance for each on the same data, so that every kill meets what
 * the ones before it left. Between two starts the instance drains.
 */
export async function killAtPoints(
  scene: Scene,
  kills: readonly PointKill[],
  progress: Progress,
): Promise<PointsResult> {
  const { subject, stream } = scene;
  const reached: string[] = [];
  await scene.settle();
  for (const kill of kills) {
    await subject.stop();
    stream.allow(uploadsPerPoint);
    await subject.start({ ...kill.env, RIND_CRASH_AT: kill.text });
    await until(`${kill.text} is reached`, () => subject.wasReached(kill), reachTimeoutMs);
    await until(`${kill.process} was killed`, () => isKilled(subject.printed, kill.process), reachTimeoutMs);
    const settled = await scene.settle();
    reached.push(kill.text);
    progress.say(`${reached.length}/${kills.length} ${kill.text}`, settled);
  }
  return { reached };
}

/** The supervisor says how each process ended; only we send SIGKILL. */
function isKilled(printed: string, process: string): boolean {
  return new RegExp(`^\\s*${process} \\(pid \\d+\\) ended with SIGKILL`, 'm').test(printed);
}
