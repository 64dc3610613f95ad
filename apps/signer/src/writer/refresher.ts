import { monotonicMs } from '@rind/kernel';
import type { Clock } from '@rind/kernel';
import type { PublicationLog } from '@rind/queue-port';
import { isDue, refreshBatchSize } from '@rind/repository';
import type { RefreshSettings } from '@rind/repository';
import type { PublishedState } from '../published/published-state.ts';
import { refreshPlan } from '../publishing/plan.ts';
import type { PublishingPlan } from '../publishing/plan.ts';

/** Asks the schedule of @rind/repository once a tick what is to be signed anew. */
export class Refresher {
  private readonly log: PublicationLog;
  private readonly clock: Clock;
  private readonly settings: RefreshSettings;
  private readonly elapsedMs: () => number;
  private readonly unproven: () => readonly number[];
  private nextMs = Number.NEGATIVE_INFINITY;

  /**
   * @param elapsedMs monotonic milliseconds
   * @param unproven indexes of bins that cannot be signed anew: they must not keep the others from it
   */
  constructor(
    log: PublicationLog,
    clock: Clock,
    settings: RefreshSettings,
    elapsedMs = monotonicMs,
    unproven: () => readonly number[] = () => [],
  ) {
    this.log = log;
    this.clock = clock;
    this.settings = settings;
    this.elapsedMs = elapsedMs;
    this.unproven = unproven;
  }

  /** What is due; null when nothing is, or when this tick was asked already. */
  async plan(state: PublishedState): Promise<PublishingPlan | null> {
    const { log, settings } = this;
    const takenAtMs = monotonicMs();
    const askedAtMs = this.elapsedMs();
    if (askedAtMs < this.nextMs) return null;
    const nowMs = this.clock.nowMs();
    const before = nowMs + settings.refreshBelowMs;
    const due = await log.countBinsExpiringBefore(before, this.unproven());
    const bins = due === 0 ? [] : await this.dueBins(due, before, nowMs);
    this.nextMs = askedAtMs + settings.tickMs;
    const topDue =
      isDue(state.timestampExpiresMs, nowMs, settings) || isDue(state.snapshotExpiresMs, nowMs, settings);
    return bins.length === 0 && !topDue ? null : refreshPlan(bins, takenAtMs);
  }

  private async dueBins(due: number, before: number, nowMs: number): Promise<number[]> {
    const [first] = await this.log.binsExpiringBefore(before, 1, this.unproven());
    const size = refreshBatchSize(due, first?.expiresMs ?? nowMs, nowMs, this.settings);
    return (await this.log.binsExpiringBefore(before, size, this.unproven())).map(({ idx }) => idx);
  }
}
