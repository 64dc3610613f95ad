import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { WatchTools } from '@rind/interop';
import { Traps } from '@rind/system-tests';
import { Chance } from './chance.ts';
import { environmentFor, pointKills, pointStops } from './crash-points.ts';
import type { PointKill } from './crash-points.ts';
import { killAtPoints } from './kill-points.ts';
import type { PointsResult } from './kill-points.ts';
import { killAtRandom } from './kill-random.ts';
import type { RandomResult } from './kill-random.ts';
import type { CrashOptions } from './options.ts';
import type { Progress } from './progress.ts';
import type { ReaderName } from './readers.ts';
import { Scene } from './scene.ts';
import type { SceneOptions } from './scene.ts';
import { stopAtPoints } from './stop-points.ts';
import { StoppedSigners } from './stop-signers.ts';
import type { StopsResult } from './stop-signers.ts';
import { openSetting } from './store-setting.ts';
import type { Environment } from './subject.ts';

/** What held in one part of a run. */
export interface PartResult {
  readonly part: 'points' | 'stop-points' | 'random' | 'stops';
  readonly signers: number;
  readonly seconds: number;
  /** Seconds of what was waited for, of which some is at the same time. */
  readonly spent: Readonly<Record<string, number>>;
  readonly uploads: number;
  /** Requests without an answer, or with a 5xx; each was sent again by its author. */
  readonly interrupted: number;
  readonly publications: number;
  /** Timestamps that were seen served, one after the other. */
  readonly timestamps: number;
  /** Looks at the timestamp. */
  readonly looks: number;
  /** Rounds of python-tuf without an error; there was none with one. */
  readonly rounds: Readonly<Record<ReaderName, number>>;
  /** What was shown on purpose, and noticed. */
  readonly control: readonly string[];
  readonly points?: PointsResult;
  readonly stopPoints?: PointsResult;
  readonly random?: RandomResult;
  readonly stops?: StopsResult;
}

type Act = (scene: Scene) => Promise<Pick<PartResult, 'points' | 'stopPoints' | 'random' | 'stops'>>;

interface Part {
  readonly name: PartResult['part'];
  readonly signers: number;
  /** Given the folder of an instance that is yet to be started. */
  readonly prepare: (dataDir: string) => Promise<Prepared>;
}

interface Prepared {
  readonly env: Environment;
  readonly act: Act;
}

/** Parts whose signers lose it often: the lease should not be what they wait for. */
const shortLeaseMs = 1_000;
/** As it is by default: the hand-over is measured with it. */
const leaseMs = 3_000;

export interface RunOptions {
  readonly options: CrashOptions;
  readonly progress: Progress;
  readonly tools: WatchTools;
  readonly folder: string;
  /** Told what runs as soon as it does, so that whoever interrupts the run can end it. */
  readonly opened: SceneOptions['opened'];
}

/** Everything that was asked for, one part after the other, each on an instance of its own. Throws at what is wrong. */
export async function runAll(run: RunOptions): Promise<readonly PartResult[]> {
  const results: PartResult[] = [];
  for (const part of partsOf(run.options, run.progress)) results.push(await runPart(run, part));
  return results;
}

function partsOf(options: CrashOptions, progress: Progress): readonly Part[] {
  const { store, points, takeovers, kills, publications, seed, handOverMs, drainMs } = options;
  const signers = (usual: number): number => options.signers || usual;
  const parts: Part[] = [];
  if (points) {
    const prepare = async (dataDir: string): Promise<Prepared> => {
      const all = onlyThose(await pointKills(store, takeovers), options.only);
      const traps = new Traps('crash', all, dataDir);
      return trapped(traps, async (scene) => ({ points: await killAtPoints(scene, traps, progress) }));
    };
    parts.push({ name: 'points', signers: signers(2), prepare });
  }
  if (options.stopPoints) {
    const prepare = async (dataDir: string): Promise<Prepared> => {
      const traps = new Traps('stop', onlyThose(await pointStops(store), options.only), dataDir);
      return trapped(traps, async (scene) => ({ stopPoints: await stopAtPoints(scene, traps, progress) }));
    };
    parts.push({ name: 'stop-points', signers: signers(2), prepare });
  }
  if (kills > 0) {
    const act: Act = async (scene) => ({
      random: await killAtRandom(scene, kills, new Chance(seed), progress),
    });
    parts.push({
      name: 'random',
      signers: signers(2),
      prepare: async () => ({ env: leaseOf(shortLeaseMs), act }),
    });
  }
  if (publications > 0) {
    const limits = { killedMs: handOverMs, drainedMs: drainMs };
    const stopping = { publications, stopLeaseMs: shortLeaseMs, handOverEnv: leaseOf(leaseMs), limits };
    const act: Act = async (scene) => ({
      stops: await new StoppedSigners(scene, new Chance(seed), stopping).run(progress),
    });
    parts.push({
      name: 'stops',
      signers: signers(3),
      prepare: async () => ({ env: leaseOf(shortLeaseMs), act }),
    });
  }
  return parts;
}

function trapped(traps: Traps<PointKill>, act: Act): Prepared {
  return { env: { ...leaseOf(shortLeaseMs), ...environmentFor(traps.all), ...traps.env }, act };
}

function leaseOf(ttlMs: number): Environment {
  return { RIND_LEASE_TTL_MS: String(ttlMs) };
}

function onlyThose(all: readonly PointKill[], text: string): readonly PointKill[] {
  const chosen = all.filter((each) => each.text.includes(text));
  if (chosen.length === 0) throw new Error(`no named point has ${text} in it`);
  return chosen;
}

async function runPart(
  { options, progress, tools, folder, opened }: RunOptions,
  part: Part,
): Promise<PartResult> {
  const startedSeconds = progress.elapsedSeconds;
  const own = join(folder, part.name);
  mkdirSync(own, { mode: 0o711 });
  const dataDir = join(own, 'data');
  mkdirSync(dataDir, { mode: 0o711 });
  const { env, act } = await part.prepare(dataDir);
  const scene = await Scene.open({
    folder: own,
    dataDir,
    setting: await openSetting(options.store, own, dataDir),
    signers: part.signers,
    env,
    tools,
    opened,
  });
  try {
    const result = await act(scene);
    const settled = await scene.settleForGood();
    const control = await scene.durations.of('control', scene.control());
    await scene.close();
    return {
      part: part.name,
      signers: part.signers,
      seconds: Math.round(progress.elapsedSeconds - startedSeconds),
      spent: scene.durations.seconds,
      uploads: settled.accepted,
      interrupted: scene.stream.interrupted,
      publications: settled.closed,
      timestamps: scene.history.served.length,
      looks: scene.history.reads,
      rounds: scene.readers.rounds,
      control,
      ...result,
    };
  } catch (error) {
    await scene.abandon();
    throw error;
  }
}
