import { GateError } from '../errors.ts';

/** A bound on what runs at one time. Beyond it work is refused, not queued: the sender comes back later. */
export class Slots {
  private taken = 0;
  private readonly max: number;

  constructor(max: number) {
    this.max = max;
  }

  get inUse(): number {
    return this.taken;
  }

  /** @throws GateError `gate.busy` */
  async use<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.taken >= this.max) {
      const text = 'Too many uploads at once. Try again in a moment.';
      throw new GateError('gate.busy', text, { status: 503, retryAfterSeconds: 5 });
    }
    this.taken++;
    try {
      return await work();
    } finally {
      this.taken--;
    }
  }
}
