import type { Randomness } from '@rind/kernel';
import type { UnprovenBinRecord } from '@rind/queue-port';
import { backoffMs } from '../retrying/backoff.ts';

/** Between two looks at such a bin: what heals it is done by people. */
const waits = { firstMs: 1_000, mostMs: 60_000 };

interface Waiting {
  readonly record: UnprovenBinRecord;
  /** Looks that found it as it was. */
  readonly attempt: number;
  /** Monotonic milliseconds; from then on it is to be looked at again. */
  readonly againMs: number;
}

/**
 * The bins that are damaged and that no grants prove. Nothing is built upon them, so whatever would change one waits,
 * and all else goes on; each is looked at again after a while.
 */
export class UnprovenBins {
  private readonly elapsedMs: () => number;
  private readonly randomness: Randomness;
  private waiting: ReadonlyMap<number, Waiting> = new Map();
  private all: readonly UnprovenBinRecord[] = [];

  /** @param elapsedMs monotonic milliseconds */
  constructor(elapsedMs: () => number, randomness: Randomness) {
    this.elapsedMs = elapsedMs;
    this.randomness = randomness;
  }

  has(idx: number): boolean {
    return this.waiting.has(idx);
  }

  /** By index; another list whenever a bin came or went, and the same one otherwise. */
  get records(): readonly UnprovenBinRecord[] {
    return this.all;
  }

  get indexes(): readonly number[] {
    return this.all.map(({ idx }) => idx);
  }

  /** Those that are to be looked at again. */
  due(): readonly number[] {
    const nowMs = this.elapsedMs();
    return [...this.waiting].filter(([, { againMs }]) => againMs <= nowMs).map(([idx]) => idx);
  }

  /** What an earlier holder found: believed until it was looked at, which is at once. */
  remember(records: readonly UnprovenBinRecord[]): void {
    const againMs = Number.NEGATIVE_INFINITY;
    this.replace(new Map(records.map((record) => [record.idx, { record, attempt: 0, againMs }])));
  }

  /**
   * Of the bins that were looked at just now, these cannot be proven; the others can.
   * @param looked indexes, `unproven` among them
   */
  judge(looked: Iterable<number>, unproven: readonly UnprovenBinRecord[]): void {
    const next = new Map(this.waiting);
    const found = new Map(unproven.map((record) => [record.idx, record]));
    for (const idx of looked) if (!found.has(idx)) next.delete(idx);
    for (const [idx, record] of found) {
      const attempt = (this.waiting.get(idx)?.attempt ?? 0) + 1;
      next.set(idx, {
        record,
        attempt,
        againMs: this.elapsedMs() + backoffMs(attempt, waits, this.randomness),
      });
    }
    this.replace(next);
  }

  private replace(next: ReadonlyMap<number, Waiting>): void {
    this.waiting = next;
    const all = [...next.values()].map(({ record }) => record).sort((a, b) => a.idx - b.idx);
    const same = all.map(keyOf).join() === this.all.map(keyOf).join();
    if (!same) this.all = all;
  }
}

function keyOf({ idx, reason }: UnprovenBinRecord): string {
  return `${idx} ${reason}`;
}
