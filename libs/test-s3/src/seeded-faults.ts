import type { FaultKind } from './fault-proxy.ts';

/** Faults that need no command to go with them. */
export type RandomFaultKind = Extract<FaultKind, 'fail' | 'cut-before' | 'drop-reply' | 'stall' | 'cut-body'>;

export interface RandomFaults {
  /** Share of the requests, 0 to 1. */
  readonly rate: number;
  /** The same seed gives the same sequence of faults. */
  readonly seed: number;
  readonly kinds: readonly RandomFaultKind[];
  /** How long a `stall` lasts. Default 100. */
  readonly stallMs?: number;
}

/** A reproducible sequence of faults and requests that have none. */
export class SeededFaults {
  readonly stallMs: number;
  private readonly faults: RandomFaults;
  private state: number;

  constructor(faults: RandomFaults) {
    this.faults = faults;
    this.stallMs = faults.stallMs ?? 100;
    this.state = faults.seed >>> 0;
  }

  next(): RandomFaultKind | null {
    const hit = this.fraction() < this.faults.rate;
    const kind = this.faults.kinds[Math.floor(this.fraction() * this.faults.kinds.length)];
    return hit ? (kind ?? null) : null;
  }

  /** From 0 up to 1: mulberry32, a small generator in the public domain. */
  private fraction(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = this.state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
}
