import { monotonicMs } from '@rind/kernel';
import type { Settled } from './scene.ts';

/** Lines about a run for whoever waits for it. */
export class Progress {
  private readonly startedMs = monotonicMs();
  private readonly write: (line: string) => void;

  constructor(write: (line: string) => void) {
    this.write = write;
  }

  get elapsedSeconds(): number {
    return Math.round((monotonicMs() - this.startedMs) / 100) / 10;
  }

  say(what: string, settled?: Settled): void {
    const held =
      settled === undefined
        ? ''
        : `: ${settled.accepted} uploads verifiable, timestamp ${settled.timestamp}, ${settled.closed} publications`;
    this.write(`${this.elapsedSeconds.toFixed(1).padStart(7)} s  ${what}${held}`);
  }
}
