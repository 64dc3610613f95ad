/** Lets `permits` holders in at the same time; others wait their turn, first come first served. */
export class Semaphore {
  private free: number;
  private readonly waiting: (() => void)[] = [];

  constructor(permits: number) {
    this.free = permits;
  }

  /** Runs a step as soon as there is a permit, and gives it back however the step ends. */
  async hold<Result>(step: () => Promise<Result>): Promise<Result> {
    if (this.free > 0) this.free--;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    try {
      return await step();
    } finally {
      // A permit that somebody waits for is handed on, so that nobody overtakes.
      const next = this.waiting.shift();
      if (next === undefined) this.free++;
      else next();
    }
  }
}
