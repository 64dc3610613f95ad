import { isRindError, messageOf, monotonicMs } from '@rind/kernel';
import type { Checkpoint, Clock } from '@rind/kernel';
import type { AuditEvent, Lease, PublicationLog } from '@rind/queue-port';
import { isDue, refreshBatchSize } from '@rind/repository';
import type { RefreshSettings } from '@rind/repository';
import { SignerError } from '../errors.ts';
import type { PublishedState } from '../published/published-state.ts';
import { refreshPlan } from '../publishing/plan.ts';
import type { PublishingPlan } from '../publishing/plan.ts';
import type { BatchPlanner, PlannedBatch } from '../publishing/batch-planner.ts';
import type { Publisher } from '../publishing/publisher.ts';
import { oversizedRows } from '../publishing/oversized.ts';
import type { Wakeup } from './wakeup.ts';

export interface WriterSettings {
  readonly holder: string;
  readonly leaseTtlMs: number;
  readonly minPublishIntervalMs: number;
  readonly maxBatch: number;
  /** How far our clock may be from the database's. */
  readonly maxClockSkewMs: number;
  readonly refresh: RefreshSettings;
  /** How long held rows wait before they are looked at again. */
  readonly heldRetryMs: number;
}

export interface WriterParts {
  readonly lease: Lease;
  readonly log: PublicationLog;
  readonly planner: BatchPlanner;
  readonly publisher: Publisher;
  readonly takeOver: (fence: number) => Promise<PublishedState>;
  readonly clock: Clock;
  readonly wakeup: Wakeup;
  readonly checkpoint: Checkpoint;
  readonly settings: WriterSettings;
  readonly report: WriterReport;
}

export interface WriterReport {
  active(fence: number, state: PublishedState): void;
  published(kind: string, state: PublishedState, seconds: number, bins: number): void;
  abandoned(reason: string): void;
  standby(): void;
  warn(event: string, detail: object): void;
}

/**
 * One signer: standby until it gets the lease, then the writer until it drains or loses it.
 * `run` resolves when drained and rejects when this process must not write any more.
 */
export class Writer {
  private readonly parts: WriterParts;
  private draining = false;
  private lost: string | null = null;
  private nextRefreshMs = 0;
  private readonly heldUntil = new Map<number, number>();

  constructor(parts: WriterParts) {
    this.parts = parts;
  }

  drain(): void {
    this.draining = true;
    this.parts.wakeup.wake();
  }

  async run(): Promise<void> {
    const { lease, settings, wakeup, report } = this.parts;
    report.standby();
    while (!this.draining) {
      const held = await this.tolerating(() => lease.acquire(settings.holder, settings.leaseTtlMs));
      if (held !== null && held !== undefined) {
        this.parts.checkpoint('lease-taken');
        return this.write(held.fence);
      }
      await wakeup.wait(Math.min(500, settings.leaseTtlMs / 4));
    }
  }

  private async write(fence: number): Promise<void> {
    const { lease, settings, report, takeOver } = this.parts;
    const renewal = setInterval(() => void this.renew(fence), settings.leaseTtlMs / 3);
    try {
      await this.checkClock();
      let state = await takeOver(fence);
      report.active(fence, state);
      while (!this.draining) state = await this.turn(fence, state);
      await this.tolerating(() => lease.release(fence));
    } finally {
      clearInterval(renewal);
    }
  }

  private async renew(fence: number): Promise<void> {
    const renewed = await this.tolerating(() =>
      this.parts.lease.renew(fence, this.parts.settings.leaseTtlMs),
    );
    if (renewed === false) {
      this.lost = 'lease.lost';
      this.parts.wakeup.wake();
    }
  }

  /** One round: what is pending, else what is due, else wait. */
  private async turn(fence: number, state: PublishedState): Promise<PublishedState> {
    const { settings, wakeup } = this.parts;
    if (this.lost !== null) throw lost(this.lost);
    const startedMs = monotonicMs();
    const next = (await this.publishPending(fence, state)) ?? (await this.refresh(fence, state));
    if (next === null) {
      await wakeup.wait(Math.min(1_000, settings.refresh.tickMs));
      return state;
    }
    const restMs = settings.minPublishIntervalMs - (monotonicMs() - startedMs);
    if (restMs > 0 && !this.draining) await wakeup.pause(restMs);
    return next;
  }

  private async publishPending(fence: number, state: PublishedState): Promise<PublishedState | null> {
    const { log, planner, settings, checkpoint } = this.parts;
    const takenAtMs = monotonicMs();
    const pending = await this.tolerating(() => log.pending(settings.maxBatch));
    const rows = (pending ?? []).filter(({ id }) => (this.heldUntil.get(id) ?? 0) <= takenAtMs);
    if (rows.length === 0) return null;
    checkpoint('batch-taken');
    await this.checkClock();
    const batch = await this.tolerating(() => planner.plan(rows, takenAtMs));
    if (batch === undefined) return null;
    await this.settle(fence, batch);
    if (batch.plan === null) return state;
    return this.publish(fence, state, batch.plan, batch);
  }

  private async settle(fence: number, { setAside, held }: PlannedBatch): Promise<void> {
    const { log, settings } = this.parts;
    if (setAside.length > 0) await log.setAside(fence, setAside);
    const alarms: AuditEvent[] = [];
    for (const row of held) {
      if (!this.heldUntil.has(row.outboxId)) alarms.push(row.audit);
      this.heldUntil.set(row.outboxId, monotonicMs() + settings.heldRetryMs);
    }
    if (alarms.length > 0) await log.audit(alarms);
  }

  private async refresh(fence: number, state: PublishedState): Promise<PublishedState | null> {
    const { log, settings, clock } = this.parts;
    const nowMs = clock.nowMs();
    const topDue =
      isDue(state.timestampExpiresMs, nowMs, settings.refresh) ||
      isDue(state.snapshotExpiresMs, nowMs, settings.refresh);
    if (!topDue && monotonicMs() < this.nextRefreshMs) return null;
    this.nextRefreshMs = monotonicMs() + settings.refresh.tickMs;
    const before = nowMs + settings.refresh.refreshBelowMs;
    const due = await this.tolerating(() => log.countBinsExpiringBefore(before));
    if (due === undefined || (due === 0 && !topDue)) return null;
    const first = await log.binsExpiringBefore(before, 1);
    const size = refreshBatchSize(due, first[0]?.expiresMs ?? nowMs, nowMs, settings.refresh);
    const bins = size === 0 ? [] : await log.binsExpiringBefore(before, size);
    await this.checkClock();
    return this.publish(
      fence,
      state,
      refreshPlan(
        bins.map(({ idx }) => idx),
        monotonicMs(),
      ),
    );
  }

  private async publish(
    fence: number,
    state: PublishedState,
    plan: PublishingPlan,
    batch?: PlannedBatch,
  ): Promise<PublishedState> {
    const { publisher, report } = this.parts;
    const result = await publisher.publish(fence, state, plan);
    switch (result.kind) {
      case 'published':
        report.published(
          plan.record.kind,
          result.state,
          (monotonicMs() - plan.takenAtMs) / 1000,
          plan.bins.size,
        );
        return result.state;
      case 'lost':
        throw lost(result.reason);
      case 'abandoned':
        report.abandoned(result.reason);
        await this.afterAbandoned(fence, plan, result.cause, batch);
        return state;
    }
  }

  /** A bin that is too large costs only the rows that would fill it; an unknown `open` is cleaned up. */
  private async afterAbandoned(
    fence: number,
    plan: PublishingPlan,
    cause: unknown,
    batch: PlannedBatch | undefined,
  ): Promise<void> {
    const { log, wakeup, settings } = this.parts;
    if (isRindError(cause, 'bin.too-large') && batch !== undefined) {
      await log.setAside(fence, oversizedRows(cause, plan, batch));
      return;
    }
    for (const { id } of await log.unfinished()) await log.abandon(fence, id, 'unknown outcome');
    if (isRindError(cause, 'store.corrupt') || isRindError(cause, 'store.missing')) {
      await log.audit([{ event: 'store.corrupt', detail: { ...cause.details, code: cause.code } }]);
    }
    await wakeup.pause(Math.min(1_000, settings.leaseTtlMs / 3));
  }

  /** Rule 7: dates are not signed by a clock that the database contradicts. */
  private async checkClock(): Promise<void> {
    const { log, clock, settings } = this.parts;
    const { databaseNowMs } = await log.known([], [], []);
    const offsetMs = clock.nowMs() - databaseNowMs;
    if (Math.abs(offsetMs) <= settings.maxClockSkewMs) return;
    await log.audit([{ event: 'clock.off', detail: { offsetMs } }]);
    throw new SignerError('clock.off', `clock is ${offsetMs} ms off the database's`, { offsetMs });
  }

  /** Database trouble is waited out, not died of; the fence keeps what happens meanwhile safe. */
  private async tolerating<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
    try {
      return await work();
    } catch (error) {
      if (isRindError(error, 'lease.lost')) throw lost('lease.lost');
      if (!isRindError(error, 'database.unavailable')) throw error;
      this.parts.report.warn('database.unavailable', { message: messageOf(error) });
      await this.parts.wakeup.pause(250);
      return undefined;
    }
  }
}

function lost(reason: string): SignerError<'writer.lost'> {
  return new SignerError('writer.lost', `this process must not write any more: ${reason}`, { reason });
}
