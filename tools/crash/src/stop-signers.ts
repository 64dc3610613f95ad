import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '@rind/interop';
import { monotonicMs } from '@rind/kernel';
import type { Chance } from './chance.ts';
import { HandOvers } from './hand-overs.ts';
import type { HandOverLimits, HandOverResult } from './hand-overs.ts';
import type { Progress } from './progress.ts';
import type { Scene } from './scene.ts';
import type { Environment } from './subject.ts';

/** What stopping and continuing signers came to. */
export interface StopsResult {
  readonly publications: number;
  readonly stops: number;
  /** Writers that were stopped until another had the lease. */
  readonly replaced: number;
  /** Of those, how many ended with exit code 3 after they went on; the others were told to end meanwhile. */
  readonly gaveUp: number;
  readonly killed: HandOverResult;
  readonly drained: HandOverResult;
}

export interface StopsOptions {
  readonly publications: number;
  /** Of the lease that the instance was started with. */
  readonly stopLeaseMs: number;
  /** With it the instance is started again for the hand-overs. */
  readonly handOverEnv: Environment;
  readonly limits: HandOverLimits;
}

type Act = 'stop-writer' | 'stop-other' | 'kill-writer' | 'drain-writer';
/** What happens until so large a part of all publications is closed, and at least once for so many of them. */
interface Phase {
  readonly acts: readonly (readonly [Act, number])[];
  readonly until: number;
  readonly publicationsPerAct: number;
}
const stopping: Phase = {
  acts: [
    ['stop-writer', 50],
    ['stop-other', 20],
  ],
  until: 0.7,
  publicationsPerAct: 13,
};
const handingOver: Phase = {
  acts: [
    ['kill-writer', 1],
    ['drain-writer', 1],
  ],
  until: 1,
  publicationsPerAct: 35,
};
/** Between two looks at everything. */
const actsPerRound = 6;
const mostPauseMs = 500;
/** So many begun and not answered: publications stay many and small. */
const uploadsAhead = 8;
const giveUpTimeoutMs = 60_000;
/** What a writer that lost its lease says with its exit code (docs/architecture.md). */
export const lostExitCode = '3';

/**
 * Several signers on one index, of which random ones are stopped for a while, killed or told to end, while uploads go
 * on: there is one writer all the while, and the one that was replaced gives up.
 */
export class StoppedSigners {
  private readonly scene: Scene;
  private readonly chance: Chance;
  private readonly options: StopsOptions;
  private readonly handOvers: HandOvers;
  private stops = 0;
  private replaced = 0;
  private gaveUp = 0;

  constructor(scene: Scene, chance: Chance, options: StopsOptions) {
    this.scene = scene;
    this.chance = chance;
    this.options = options;
    this.handOvers = new HandOvers(scene.subject, options.limits);
  }

  async run(progress: Progress): Promise<StopsResult> {
    const { scene, options } = this;
    await scene.settle();
    await this.performAll(stopping, progress);
    await scene.subject.stop();
    await scene.subject.start(options.handOverEnv);
    const closed = await this.performAll(handingOver, progress);
    this.handOvers.judge();
    const { killed, drained } = this.handOvers;
    return {
      publications: closed,
      stops: this.stops,
      replaced: this.replaced,
      gaveUp: this.gaveUp,
      killed: killed.result,
      drained: drained.result,
    };
  }

  /** Answers how many publications are closed in the end. */
  private async performAll(phase: Phase, progress: Progress): Promise<number> {
    const { scene, chance, options } = this;
    const publications = Math.ceil(options.publications * phase.until);
    const leastActs = Math.ceil(options.publications / phase.publicationsPerAct);
    let closed = 0;
    for (let acts = 0; closed < publications || acts < leastActs; acts += actsPerRound) {
      const feeding = new AbortController();
      const fed = this.feed(feeding.signal);
      const done: Act[] = [];
      try {
        for (let i = 0; i < actsPerRound; i++) {
          const act = chance.weighted(phase.acts);
          await this.perform(act);
          done.push(act);
          await sleep(chance.between(0, mostPauseMs));
        }
      } finally {
        feeding.abort();
        await fed;
      }
      const settled = await scene.settle();
      closed = settled.closed;
      progress.say(`${closed}/${options.publications} publications: ${done.join(', ')}`, settled);
    }
    return closed;
  }

  /** There is always something to publish. */
  private async feed(signal: AbortSignal): Promise<void> {
    const { stream } = this.scene;
    while (!signal.aborted) {
      if (stream.ahead < uploadsAhead) stream.allow(uploadsAhead - stream.ahead);
      await sleep(50);
    }
  }

  private async perform(act: Act): Promise<void> {
    const { subject } = this.scene;
    await until('there are two signers', () => this.count() >= 2, giveUpTimeoutMs);
    const writer = await this.awaitWriter();
    if (act === 'stop-writer') return this.stopFor(writer, writer);
    if (act === 'kill-writer') return this.handOvers.kill(writer);
    if (act === 'drain-writer') return this.handOvers.drain(writer);
    const others = subject.file.processes.signer.filter(
      (pid): pid is number => pid !== null && pid !== writer,
    );
    const other = others[Math.floor(this.chance.next() * others.length)];
    if (other !== undefined) await this.stopFor(other, writer);
  }

  private count(): number {
    return this.scene.subject.file.processes.signer.filter((pid) => pid !== null).length;
  }

  /** From a blink to more than twice the lease; half of the time the lease runs out. */
  private async stopFor(pid: number, writer: number): Promise<void> {
    const { subject } = this.scene;
    const pauseMs = this.chance.between(20, this.options.stopLeaseMs * 2.5);
    process.kill(pid, 'SIGSTOP');
    this.stops += 1;
    await sleep(pauseMs);
    const now = await subject.writer();
    process.kill(pid, 'SIGCONT');
    // It did hold the lease, and somebody else holds it: there is no way back.
    if (pid !== writer || now === null || now === pid) return;
    this.replaced += 1;
    await until(`the replaced signer (pid ${pid}) ends`, () => subject.endOf(pid) !== null, giveUpTimeoutMs);
    const end = subject.endOf(pid);
    if (end !== lostExitCode) throw new Error(`the replaced signer (pid ${pid}) ended with ${end}`);
    this.gaveUp += 1;
  }

  private async awaitWriter(): Promise<number> {
    const { subject } = this.scene;
    const endMs = monotonicMs() + giveUpTimeoutMs;
    for (;;) {
      const writer = await subject.writer();
      if (writer !== null && subject.file.processes.signer.includes(writer)) return writer;
      if (monotonicMs() > endMs) throw new Error('no signer takes the lease');
      await sleep(20);
    }
  }
}
