import type { OutboxRow } from '@rind/queue-port';
import type { HeldRow } from '@rind/repository';

interface Held {
  readonly untilMs: number;
  readonly enqueuedAtMs: number;
  /** It waits for a bin, and not for a quota. */
  readonly forBin: boolean;
}

/**
 * Requests that a quota or a bin that cannot be built holds back: left out of batches for a while, so that they
 * cannot fill the ones of others.
 */
export class HeldRows {
  private readonly rows = new Map<number, Held>();

  /** Ids that are not to be looked at yet. Times are monotonic milliseconds. */
  waiting(nowMs: number): number[] {
    return [...this.rows].filter(([, { untilMs }]) => untilMs > nowMs).map(([id]) => id);
  }

  /**
   * Takes in what became of the rows of a batch: those of `held` wait until `untilMs`.
   * Answers the ones that were not held before, or for something else.
   */
  settle(rows: readonly OutboxRow[], held: readonly HeldRow[], untilMs: number): HeldRow[] {
    const holds = new Map(held.map((hold) => [hold.outboxId, hold]));
    return rows.flatMap(({ id, enqueuedAtMs }) => {
      const hold = holds.get(id);
      const before = this.rows.get(id);
      this.rows.delete(id);
      if (hold === undefined) return [];
      const forBin = waitsForBin(hold);
      this.rows.set(id, { untilMs, enqueuedAtMs, forBin });
      return before?.forBin === forBin ? [] : [hold];
    });
  }

  /** Those that wait for a bin are to be looked at again, one or the other may go now. */
  reconsiderBins(): void {
    for (const [id, held] of this.rows) {
      if (held.forBin) this.rows.set(id, { ...held, untilMs: Number.NEGATIVE_INFINITY });
    }
  }

  /** When the oldest held row came in, milliseconds since 1970. */
  oldestMs(): number | null {
    let oldest: number | null = null;
    for (const { enqueuedAtMs } of this.rows.values()) {
      if (oldest === null || enqueuedAtMs < oldest) oldest = enqueuedAtMs;
    }
    return oldest;
  }
}

/** True when a bin that cannot be built holds the row, and not a quota. */
export function waitsForBin({ audit }: HeldRow): boolean {
  return audit.event === 'bin.unproven';
}
