import { SignerError } from '../errors.ts';
import type { SweepReport } from './sweep-report.ts';

/** `report` counts and deletes nothing. */
export type SweepMode = 'report' | 'delete';

export interface SweepRun {
  readonly id: number;
  readonly mode: SweepMode;
  readonly by: 'operator' | 'schedule';
  readonly state: 'waiting' | 'running' | 'done' | 'failed';
  /** So far, or at the end. */
  readonly report: SweepReport | null;
  /** Why it failed: the code of an error. */
  readonly reason: string | null;
}

/** Ended runs that can still be asked about. */
const remembered = 32;

/** The sweeps of this process: asked for by the operator or by the schedule, done one after another by the writer. */
export class SweepRuns {
  private readonly runs = new Map<number, SweepRun>();
  private lastId = 0;
  private accepting = false;
  private onRequest: () => void = () => {};

  /** From now on this process is the writer; `onRequest` wakes it. */
  accept(onRequest: () => void): void {
    this.accepting = true;
    this.onRequest = onRequest;
  }

  /**
   * Asks for a sweep; one that waits and does the same serves both.
   * @throws SignerError `writer.standby`
   */
  request(mode: SweepMode, by: SweepRun['by']): SweepRun {
    if (!this.accepting) throw new SignerError('writer.standby', 'another process is the writer', {});
    for (const run of this.runs.values()) {
      if (run.state === 'waiting' && run.mode === mode && run.by === by) return run;
    }
    const run: SweepRun = { id: ++this.lastId, mode, by, state: 'waiting', report: null, reason: null };
    this.runs.set(run.id, run);
    this.onRequest();
    return run;
  }

  /** @throws SignerError `gc.unknown-run` */
  find(id: number): SweepRun {
    const run = this.runs.get(id);
    if (run === undefined) throw new SignerError('gc.unknown-run', 'no such sweep', { id });
    return run;
  }

  nextWaiting(): SweepRun | null {
    for (const run of this.runs.values()) if (run.state === 'waiting') return run;
    return null;
  }

  update(id: number, change: Partial<Pick<SweepRun, 'state' | 'report' | 'reason'>>): SweepRun {
    const run = { ...this.find(id), ...change };
    this.runs.set(id, run);
    if (run.state === 'done' || run.state === 'failed') this.forgetOldest();
    return run;
  }

  private forgetOldest(): void {
    const ended = [...this.runs.values()].filter(({ state }) => state === 'done' || state === 'failed');
    for (const { id } of ended.slice(0, Math.max(0, ended.length - remembered))) this.runs.delete(id);
  }
}
