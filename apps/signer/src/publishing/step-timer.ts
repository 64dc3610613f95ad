import { monotonicMs } from '@rind/kernel';

/** Observes how long each step took, in seconds. */
export class StepTimer {
  private readonly observe: (step: string, seconds: number) => void;

  constructor(observe: (step: string, seconds: number) => void) {
    this.observe = observe;
  }

  async time<Result>(step: string, work: () => Promise<Result>): Promise<Result> {
    const from = monotonicMs();
    try {
      return await work();
    } finally {
      this.observe(step, (monotonicMs() - from) / 1000);
    }
  }
}
