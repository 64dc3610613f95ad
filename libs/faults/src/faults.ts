import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultSpec, FaultTarget } from './fault-spec.ts';
import { seededChance } from './seeded-chance.ts';
import type { Chance } from './seeded-chance.ts';

/** What becomes of one call. */
export type Fault = 'none' | 'fail' | 'stall' | 'lost';

export interface FaultsOptions {
  readonly spec: FaultSpec;
  /** The same seed makes the same choices, for the same calls in the same order. */
  readonly seed: string;
  /** Waits so many milliseconds; real time unless given. */
  readonly pause?: (ms: number) => Promise<void>;
}

/** Development only: decides what becomes of each call, and makes it so. */
export class Faults {
  private readonly spec: FaultSpec;
  private readonly chance: Chance;
  private readonly pause: (ms: number) => Promise<void>;

  constructor({ spec, seed, pause = async (ms) => void (await sleep(ms)) }: FaultsOptions) {
    this.spec = spec;
    this.chance = seededChance(seed);
    this.pause = pause;
  }

  /** What becomes of the next call. */
  next(target: FaultTarget): Fault {
    const { lost, stallMs } = this.spec;
    const drawn = this.chance();
    const faulty = this.spec[target];
    if (drawn < faulty) return stallMs > 0 && drawn < faulty / 2 ? 'stall' : 'fail';
    return drawn < faulty + lost ? 'lost' : 'none';
  }

  /** A whole number from 0 to below `count`. */
  choose(count: number): number {
    return Math.floor(this.chance() * count);
  }

  stall(): Promise<void> {
    return this.pause(this.spec.stallMs);
  }

  /**
   * The call, or what becomes of it.
   * @param unavailable the error of a call that failed, and of one whose reply was lost: nobody can tell them apart
   */
  async call<Result>(
    target: FaultTarget,
    work: () => Result | Promise<Result>,
    unavailable: () => Error,
  ): Promise<Result> {
    const fault = this.next(target);
    if (fault === 'fail') throw unavailable();
    if (fault === 'stall') await this.stall();
    const result = await work();
    if (fault === 'lost') throw unavailable();
    return result;
  }
}
