import { monotonicMs } from '@rind/kernel';

/** Where the time of a run goes: sums by name, of which some pass at the same time. */
export class Durations {
  private readonly sums = new Map<string, number>();

  async of<T>(name: string, work: Promise<T>): Promise<T> {
    const startedMs = monotonicMs();
    try {
      return await work;
    } finally {
      this.sums.set(name, (this.sums.get(name) ?? 0) + monotonicMs() - startedMs);
    }
  }

  /** Whole seconds. */
  get seconds(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.sums].map(([name, ms]) => [name, Math.round(ms / 1_000)]));
  }
}
