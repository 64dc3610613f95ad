/** Fetches something again, one fetch at a time: whoever asks while one is under way waits for that one. */
export class SingleRefresh {
  private readonly load: (nowMs: number) => Promise<void>;
  private readonly failed: (error: unknown) => void;
  private triedMs = -Infinity;
  private under: Promise<void> | null = null;

  /** @param failed is told why a fetch came to nothing; what to do about it is told by what is known */
  constructor(load: (nowMs: number) => Promise<void>, failed: (error: unknown) => void) {
    this.load = load;
    this.failed = failed;
  }

  /** When the last fetch began; milliseconds since 1970. */
  get lastTryMs(): number {
    return this.triedMs;
  }

  /** Fetches, or waits for the fetch under way, unless the last one began less than `pauseMs` ago and is over. */
  async run(nowMs: number, pauseMs: number): Promise<void> {
    if (this.under === null && nowMs - this.triedMs < pauseMs) return;
    if (this.under === null) {
      this.triedMs = nowMs;
      this.under = this.load(nowMs)
        .catch(this.failed)
        .finally(() => (this.under = null));
    }
    await this.under;
  }
}
