import { isRindError, monotonicMs } from '@rind/kernel';
import type { OutboxRow, UnprovenBinRecord } from '@rind/queue-port';
import { SignerError } from '../errors.ts';
import type { PublishedState } from '../published/published-state.ts';
import type { PlannedBatch } from '../publishing/batch-planner.ts';
import { oversizedRows } from '../publishing/oversized.ts';
import { isPassing } from '../publishing/passing-errors.ts';
import type { PublishingPlan } from '../publishing/plan.ts';
import { backoffMs } from '../retrying/backoff.ts';
import { HeldRows, waitsForBin } from './held-rows.ts';
import type { WriterParts } from './writer-parts.ts';

/** How long the process that lost waits to say so. */
const lossTimeoutMs = 2_000;
/** Between two tries of what fails for a reason that passes; short enough for a lease to be taken in time. */
const toleratedWaits = { firstMs: 100, mostMs: 2_000 };

/**
 * One signer: standby until it gets the lease, then the writer until it drains or loses it.
 * `run` resolves when drained and rejects when this process must not write any more.
 */
export class Writer {
  private readonly parts: WriterParts;
  private readonly held = new HeldRows();
  private draining = false;
  private lost: string | null = null;
  /** Something failed in between: a publication that never went out may still hold its rows. */
  private untidy = false;
  /** Tries that failed one after the other. */
  private failures = 0;
  /** As recorded; null when that is not known. */
  private recordedUnproven: readonly UnprovenBinRecord[] | null = null;

  constructor(parts: WriterParts) {
    this.parts = parts;
  }

  get isDraining(): boolean {
    return this.draining;
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
    const { lease, settings, report } = this.parts;
    const renewal = setInterval(() => void this.renew(fence), settings.leaseTtlMs / 3);
    try {
      let state = await this.takeOver(fence);
      if (state !== null) report.active(fence, state);
      while (state !== null && !this.draining) state = await this.turn(fence, state);
      await this.tolerating(() => lease.release(fence));
    } catch (error) {
      const isLost = isRindError(error, 'writer.lost');
      if (isLost || isRindError(error, 'writer.refused')) await this.recordEnd(isLost, fence, error.details);
      // Who ends for a reason of its own leaves the work to a standby at once.
      if (!isLost) await lease.release(fence).catch(() => {});
      throw error;
    } finally {
      clearInterval(renewal);
    }
  }

  private async renew(fence: number): Promise<void> {
    const { lease, settings, wakeup, report } = this.parts;
    try {
      if (await lease.renew(fence, settings.leaseTtlMs)) return;
      this.lost = 'lease.lost';
      wakeup.wake();
    } catch (error) {
      // Safe to go on: whoever takes the lease meanwhile raises the fence.
      report.warn('lease.not-renewed', { code: isRindError(error) ? error.code : 'internal' });
    }
  }

  private async takeOver(fence: number): Promise<PublishedState | null> {
    while (!this.draining) {
      if (this.lost !== null) throw lost(this.lost);
      const state = await this.tolerating(async () => {
        await this.requireClock(await this.parts.log.databaseNowMs());
        await this.rememberUnproven();
        return this.parts.takeOver(fence);
      });
      if (state !== undefined) return state;
    }
    return null;
  }

  /** Said by the one that ends, if the database hears it in time: its end must not wait for the database. */
  private async recordEnd(isLost: boolean, fence: number, details: object): Promise<void> {
    const { log, wakeup, settings } = this.parts;
    const event = isLost ? 'lease.lost' : 'writer.refused';
    const detail = { ...details, fence, holder: settings.holder };
    const recorded = log.audit([{ event, detail }]).catch(() => {});
    await Promise.race([recorded, wakeup.pause(lossTimeoutMs)]);
  }

  /** One round: what the schedule says is due, else what is pending; then a slice of the sweep; else wait. */
  private async turn(fence: number, state: PublishedState): Promise<PublishedState> {
    const { settings, wakeup } = this.parts;
    if (this.lost !== null) throw lost(this.lost);
    const startedMs = monotonicMs();
    const next = await this.tolerating(async () => {
      if (this.untidy) await this.tidyUp(fence);
      const repaired = await this.repair(fence, state);
      await this.recordUnproven(fence);
      // The schedule first, though a tick at a time: requests that never cease must not let metadata expire.
      return (
        repaired ??
        (await this.ceremony(fence, state)) ??
        (await this.refresh(fence, state)) ??
        (await this.publishPending(fence, state))
      );
    });
    if (next === undefined) return state;
    const sweepsOn = await this.sweep(fence, next ?? state);
    if (next === null) {
      if (!sweepsOn) await wakeup.wait(settings.idleMs);
      return state;
    }
    const restMs = settings.minPublishIntervalMs - (monotonicMs() - startedMs);
    if (restMs > 0 && !this.draining) await wakeup.pause(restMs);
    return next;
  }

  /** Its trouble is kept apart: what was just published stands whatever becomes of the sweep. */
  private async sweep(fence: number, state: PublishedState): Promise<boolean> {
    const { sweeper, log } = this.parts;
    if (sweeper?.isDue !== true || this.draining) return false;
    const goesOn = await this.tolerating(async () => {
      await this.requireClock(await log.databaseNowMs());
      return sweeper.turn(fence, state);
    });
    return goesOn ?? false;
  }

  /** What is damaged goes before everything that might be built upon it. */
  private async repair(fence: number, state: PublishedState): Promise<PublishedState | null> {
    const { repairs, log } = this.parts;
    if (repairs?.isDue(state) !== true) return null;
    // To one who lost the lease meanwhile, what others did looks like damage. Nothing but the fence is looked at.
    await log.raiseNextVersion(fence, 'timestamp', 1);
    const step = await repairs.plan(state);
    if (step === null) return null;
    await this.requireClock(await this.parts.log.databaseNowMs());
    const next = await this.publish(fence, state, step.plan);
    if (next !== state) await this.tolerating(() => step.closed());
    return next;
  }

  /** What was signed with offline keys goes first: it is rare, and people wait for it. */
  private async ceremony(fence: number, state: PublishedState): Promise<PublishedState | null> {
    const step = await this.parts.ceremonies?.plan(state);
    if (step === null || step === undefined) return null;
    await this.requireClock(await this.parts.log.databaseNowMs());
    const next = await this.publish(fence, state, step.plan);
    if (next === state) step.failed();
    // Whatever becomes of the rest, what was published is published.
    else await this.tolerating(() => step.closed());
    return next;
  }

  private async refresh(fence: number, state: PublishedState): Promise<PublishedState | null> {
    const plan = await this.parts.refresher.plan(state);
    if (plan === null) return null;
    await this.requireClock(await this.parts.log.databaseNowMs());
    return this.publish(fence, state, plan);
  }

  private async publishPending(fence: number, state: PublishedState): Promise<PublishedState | null> {
    const { log, planner, settings, checkpoint, report } = this.parts;
    const takenAtMs = monotonicMs();
    const rows = await log.pending(settings.maxBatch, this.held.waiting(takenAtMs));
    report.queue(earlier(rows[0]?.enqueuedAtMs ?? null, this.held.oldestMs()));
    if (rows.length === 0) return null;
    checkpoint('batch-taken');
    const batch = await planner.plan(rows, takenAtMs);
    await this.requireClock(batch.databaseNowMs);
    await this.settle(fence, rows, batch);
    if (batch.plan === null) return state;
    return this.publish(fence, state, batch.plan, batch);
  }

  private async settle(fence: number, rows: readonly OutboxRow[], batch: PlannedBatch): Promise<void> {
    const { log, settings, unproven } = this.parts;
    if (batch.setAside.length > 0) await log.setAside(fence, batch.setAside);
    const untilMs = monotonicMs() + settings.heldRetryMs;
    const newly = this.held.settle(rows, batch.held, untilMs);
    const forBins = batch.held.filter(waitsForBin).map(({ outboxId }) => outboxId);
    if (forBins.length > 0) await unproven?.log.holdRows(fence, forBins);
    if (newly.length > 0) await log.audit(newly.map(({ audit }) => audit));
  }

  private async rememberUnproven(): Promise<void> {
    const { unproven } = this.parts;
    unproven?.bins.remember(await unproven.log.unprovenBins());
    this.recordedUnproven = null;
  }

  /** What cannot be built is on record before anything waits for it, and what can be again sets it free. */
  private async recordUnproven(fence: number): Promise<void> {
    const { unproven } = this.parts;
    if (unproven === undefined) return;
    const { records } = unproven.bins;
    if (this.recordedUnproven === records) return;
    await unproven.log.recordUnproven(fence, records);
    this.recordedUnproven = records;
    this.held.reconsiderBins();
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
      case 'left':
        return state;
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
    const { log, wakeup, settings, repairs } = this.parts;
    if (isRindError(cause, 'bin.too-large') && batch !== undefined) {
      await log.setAside(fence, oversizedRows(cause, plan, batch));
      return;
    }
    await this.tidyUp(fence);
    if (isRindError(cause, 'page.corrupt')) await repairs?.avoid((cause.details as { key: string }).key);
    if (isRindError(cause, 'store.corrupt') || isRindError(cause, 'store.missing')) {
      if (repairs !== undefined) repairs.suspect(plan.bins.keys());
      else await log.audit([{ event: 'store.corrupt', detail: { ...cause.details, code: cause.code } }]);
    }
    await wakeup.pause(Math.min(1_000, settings.leaseTtlMs / 3));
  }

  /**
   * Between two publications of one writer, whatever is unfinished is its own and never reached the swap.
   * Renewing the lease waits for its row, so a commit that is still on its way is done, and seen, or fails:
   * an `open` that took effect only after this would keep its rows for ever.
   */
  private async tidyUp(fence: number): Promise<void> {
    const { log, lease, settings } = this.parts;
    if (!(await lease.renew(fence, settings.leaseTtlMs))) throw lost('lease.lost');
    for (const { id } of await log.unfinished()) await log.abandon(fence, id, 'unknown outcome');
    this.untidy = false;
  }

  /** Rule 7: dates are not signed by a clock that the database contradicts. */
  private async requireClock(databaseNowMs: number): Promise<void> {
    const { log, clock, settings } = this.parts;
    const offsetMs = clock.nowMs() - settings.clockOffsetMs - databaseNowMs;
    if (Math.abs(offsetMs) <= settings.maxClockSkewMs) return;
    await log.audit([{ event: 'clock.off', detail: { offsetMs } }]);
    throw new SignerError('clock.off', `clock is ${offsetMs} ms off the database's`, { offsetMs });
  }

  /** Trouble that passes is waited out, not died of; the fence keeps what happens meanwhile safe. */
  private async tolerating<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
    try {
      const result = await work();
      this.failures = 0;
      return result;
    } catch (error) {
      if (isRindError(error, 'lease.lost')) throw lost('lease.lost');
      if (!isPassing(error)) throw error;
      this.untidy = true;
      this.parts.report.warn(error.code, { message: error.message });
      const { wakeup, randomness } = this.parts;
      await wakeup.pause(backoffMs(++this.failures, toleratedWaits, randomness));
      return undefined;
    }
  }
}

/** Of two times, the earlier that there is. */
function earlier(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.min(a, b);
}

function lost(reason: string): SignerError<'writer.lost'> {
  return new SignerError('writer.lost', `this process must not write any more: ${reason}`, { reason });
}
