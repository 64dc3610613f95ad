import type { Clock } from '@rind/kernel';
import { systemClock } from '@rind/kernel';
import { Wakeup } from '../../src/writer/wakeup.ts';

const machine = systemClock();

/** A clock that only the simulation moves, beside a database whose clock it cannot move. */
export class SimulatedTime implements Clock {
  private current: number;
  /** Part of the difference to the machine's clock that nobody declared: a clock that went wrong. */
  private undeclaredMs = 0;

  constructor(startMs: number) {
    this.current = startMs;
  }

  nowMs(): number {
    return this.current;
  }

  /** How far this clock is shifted on purpose; the signer takes it out before it compares with the database's. */
  get offsetMs(): number {
    return this.current - machine.nowMs() - this.undeclaredMs;
  }

  advance(ms: number): void {
    this.current += ms;
  }

  /** The clock goes wrong: nobody shifted it on purpose. */
  jump(ms: number): void {
    this.current += ms;
    this.undeclaredMs += ms;
  }
}

/** Where the signer would sleep, a step of simulated time passes instead. */
export class SteppingWakeup extends Wakeup {
  private readonly step: () => Promise<void>;

  constructor(step: () => Promise<void>) {
    super();
    this.step = step;
  }

  override async wait(): Promise<void> {
    await this.step();
  }

  override async pause(): Promise<void> {
    await this.step();
  }
}
