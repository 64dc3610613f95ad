import { isRindError } from '@rind/kernel';
import type { AuditEvent } from '@rind/queue-port';
import type { PublishedState } from '../published/published-state.ts';
import { reasonOf, Sweep } from './sweep.ts';
import type { SweepMoment, SweepParts } from './sweep.ts';
import type { SweepRun, SweepRuns } from './sweep-runs.ts';

export interface SweeperParts extends SweepParts {
  readonly runs: SweepRuns;
  /** From one scheduled sweep to the next; 0: only when it is asked for. */
  readonly intervalMs: number;
  /** Milliseconds of a clock that never goes back. */
  readonly elapsedMs: () => number;
  readonly audit: (events: readonly AuditEvent[]) => Promise<void>;
  readonly report: SweeperReport;
}

/** What the sweeper tells logs and metrics. */
export interface SweeperReport {
  ended(run: SweepRun): void;
  failed(run: SweepRun, error: unknown): void;
}

interface CurrentSweep {
  readonly run: SweepRun;
  readonly sweep: Sweep;
  readonly slices: AsyncGenerator<undefined, void>;
}

/** A writer that restarts often must come to its first sweep all the same. */
const longestFirstWaitMs = 900_000;

/** Does the sweeps that are due, a slice at a time. Trouble ends the sweep and never the writer. */
export class Sweeper {
  private readonly parts: SweeperParts;
  private nextMs: number;
  private current: CurrentSweep | null = null;
  private moment: SweepMoment | null = null;

  constructor(parts: SweeperParts) {
    this.parts = parts;
    this.nextMs = parts.elapsedMs() + Math.min(parts.intervalMs, longestFirstWaitMs);
  }

  /** True when there is something to do. */
  get isDue(): boolean {
    return this.current !== null || this.isScheduled || this.parts.runs.nextWaiting() !== null;
  }

  private get isScheduled(): boolean {
    const { intervalMs, elapsedMs } = this.parts;
    return intervalMs > 0 && elapsedMs() >= this.nextMs;
  }

  /**
   * One slice by the holder of the lease, while no publication of its own is under way; true when there is
   * more to do at once.
   * @throws QueueError `lease.lost`
   */
  async turn(fence: number, state: PublishedState): Promise<boolean> {
    this.moment = { fence, state };
    this.current ??= this.begin();
    if (this.current === null) return false;
    const { run, sweep, slices } = this.current;
    try {
      const { done } = await slices.next();
      this.parts.runs.update(run.id, { report: sweep.report });
      if (done !== true) return true;
      await this.end(this.parts.runs.update(run.id, { state: 'done', report: sweep.report }));
    } catch (error) {
      if (isRindError(error, 'lease.lost')) throw error;
      const change = { state: 'failed', report: sweep.report, reason: reasonOf(error) } as const;
      this.current = null;
      this.parts.report.failed(this.parts.runs.update(run.id, change), error);
    }
    this.current = null;
    return this.parts.runs.nextWaiting() !== null;
  }

  private begin(): CurrentSweep | null {
    const { runs, intervalMs, elapsedMs } = this.parts;
    if (this.isScheduled) {
      this.nextMs = elapsedMs() + intervalMs;
      runs.request('delete', 'schedule');
    }
    const waiting = runs.nextWaiting();
    if (waiting === null) return null;
    const run = runs.update(waiting.id, { state: 'running' });
    const sweep = new Sweep(this.parts, run.mode, () => this.moment!);
    return { run, sweep, slices: sweep.slices() };
  }

  private async end(run: SweepRun): Promise<void> {
    this.parts.report.ended(run);
    if (run.mode === 'report' || (run.by === 'schedule' && run.report!.deleted === 0)) return;
    const actor = run.by === 'operator' ? 'operator' : null;
    await this.parts.audit([{ event: 'gc.swept', actor, detail: { by: run.by, ...run.report } }]);
  }
}
