import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '@rind/interop';
import { monotonicMs } from '@rind/kernel';
import type { Chance } from './chance.ts';
import type { Progress } from './progress.ts';
import type { Scene } from './scene.ts';
import type { ProcessName, Subject } from './subject.ts';

/** What the kills of a run met. */
export interface RandomResult {
  readonly kills: number;
  readonly bursts: number;
  readonly victims: Readonly<Record<string, number>>;
  /** Kills at a moment at which a publication was begun and not closed. */
  readonly duringPublication: number;
  /** Kills at a moment at which an upload was under way. */
  readonly duringUpload: number;
  /** Kills before everything had come back from the one before. */
  readonly duringRecovery: number;
}

/** The signer is what this is about; of several, mostly the one that writes. */
const victims: readonly (readonly [ProcessName, number])[] = [
  ['signer', 60],
  ['warehouse', 12],
  ['postgres', 12],
  ['gate', 8],
  ['auth', 8],
];
const writerShare = 0.8;
/** So many kills wait for a publication to be begun, and strike within `mostDelayMs` after it. */
const amidstShare = 0.7;
const mostDelayMs = 60;
const mostWaitMs = 1_500;
const mostKillsAtOnce = 3;
const uploadsPerKill = 12;
const firstPauseMs = 400;
const mostPauseMs = 900;

/**
 * Kills random processes at random moments during uploads, in bursts of one to three: the later ones of a burst meet
 * processes that are coming back. After each burst everything is looked at.
 */
export async function killAtRandom(
  scene: Scene,
  kills: number,
  chance: Chance,
  progress: Progress,
): Promise<RandomResult> {
  const { stream } = scene;
  const counts: Record<string, number> = {};
  const result = { kills: 0, bursts: 0, duringPublication: 0, duringUpload: 0, duringRecovery: 0 };
  await scene.settle();
  while (result.kills < kills) {
    const size = Math.min(chance.between(1, mostKillsAtOnce), kills - result.kills);
    stream.allow(size * uploadsPerKill);
    const names: string[] = [];
    for (let i = 0; i < size; i++) {
      await sleep(chance.between(0, i === 0 ? firstPauseMs : mostPauseMs));
      const victim = chance.weighted(victims);
      const met = await strike(scene, victim, chance);
      names.push(victim);
      counts[victim] = (counts[victim] ?? 0) + 1;
      result.kills += 1;
      result.duringPublication += met.publication ? 1 : 0;
      result.duringUpload += met.upload ? 1 : 0;
      result.duringRecovery += met.recovery ? 1 : 0;
    }
    result.bursts += 1;
    const settled = await scene.settle();
    progress.say(`${result.kills}/${kills} ${names.join(', ')}`, settled);
  }
  return { ...result, victims: counts };
}

/** Kills one of that name, and says what was going on at that moment. */
async function strike(
  { subject, stream }: Scene,
  victim: ProcessName,
  chance: Chance,
): Promise<{ publication: boolean; upload: boolean; recovery: boolean }> {
  const choice = { writer: chance.next() < writerShare, which: chance.next() };
  const amidst = chance.next() < amidstShare;
  const delayMs = chance.between(0, mostDelayMs);
  for (;;) {
    const pid = await aliveOf(subject, victim, choice);
    const before = amidst && (await isPublishing(subject));
    await sleep(delayMs);
    const recovery = !isWhole(subject);
    const upload = stream.inFlight > 0;
    if (!killNow(pid)) continue;
    // What a dead writer had begun stays begun until the next one looks at it.
    const open = victim === 'signer' ? await subject.openPublications() : null;
    await until(`${victim} (pid ${pid}) ends`, () => !isAlive(pid));
    return { publication: open === null ? before : open > 0, upload, recovery };
  }
}

/** Waits for a publication to be begun, though not for ever: there may be nothing left to publish. */
async function isPublishing(subject: Subject): Promise<boolean> {
  const endMs = monotonicMs() + mostWaitMs;
  while (monotonicMs() < endMs) {
    if (((await subject.openPublications()) ?? 0) > 0) return true;
    await sleep(2);
  }
  return false;
}

/** False when it has just ended by itself, as a signer does that lost its lease. */
function killNow(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false;
  }
}

/** A process of that name; waits for one if there is none at the moment. */
async function aliveOf(
  subject: Subject,
  victim: ProcessName,
  choice: { readonly writer: boolean; readonly which: number },
): Promise<number> {
  let found: number | null = null;
  await until(
    `there is a ${victim}`,
    async () => {
      const { processes } = subject.file;
      const writer = victim === 'signer' && choice.writer ? await subject.writer() : null;
      const all = victim === 'signer' ? processes.signer : [processes[victim]];
      const pids = all.filter((pid): pid is number => pid !== null && isAlive(pid));
      found =
        writer !== null && pids.includes(writer)
          ? writer
          : (pids[Math.floor(choice.which * pids.length)] ?? null);
      return found !== null;
    },
    60_000,
  );
  return found!;
}

function isWhole(subject: Subject): boolean {
  const { ready, processes } = subject.file;
  return ready && processes.signer.every((pid) => pid !== null && isAlive(pid));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
