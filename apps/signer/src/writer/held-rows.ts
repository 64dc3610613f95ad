import type { OutboxRow } from '@rind/queue-port';

interface Held {
  readonly untilMs: number;
  readonly enqueuedAtMs: number;
}

/** Requests above a quota: left out of batches for a while, so that they cannot fill the ones of others. */
export class HeldRows {
  private readonly rows = new Map<number, Held>();

  /** Ids that are not to be looked at yet. Times are monotonic milliseconds. */
  waiting(nowMs: number): number[] {
    return [...this.rows].filter(([, { untilMs }]) => untilMs > nowMs).map(([id]) => id);
  }

  /** Holds a row until `untilMs`; true when it was not held before. */
  hold({ id, enqueuedAtMs }: OutboxRow, untilMs: number): boolean {
    const isNew = !this.rows.has(id);
    this.rows.set(id, { untilMs, enqueuedAtMs });
    return isNew;
  }

  release(id: number): void {
    this.rows.delete(id);
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
