import type { TransactionalSql } from '@rind/database';
import type { Clock } from '@rind/kernel';
import type { Logger } from '@rind/nest-kit';
import type { GrantVoider } from '../grants/grant-voider.ts';
import { claimDelivery, noteDelivered, noteFailed, undeliverable } from './delivery-table.ts';
import type { DueDelivery } from './delivery-table.ts';
import type { WarehouseClient } from './warehouse-client.ts';

export interface CourierParts {
  readonly sql: TransactionalSql;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly warehouse: Pick<WarehouseClient, 'deliver'>;
  readonly voider: GrantVoider;
}

/** How long one call to the warehouse may take. */
export const callTimeoutMs = 8_000;
/** A claimed grant is left to others after this: longer than a call, and than writing down what came of it. */
const heldMs = 12_000;
const firstRetryMs = 1_000;
const maxRetryMs = 60_000;
/** What another process queued and did not deliver is found within this. */
const pollMs = 1_000;
/** Projects delivered for at once. */
const lanes = 4;
const voidedAtOnce = 100;

/**
 * Brings grants to the warehouse until it has them, each project's in the order of their numbers. Any number of
 * processes may do it at once: a grant is one process's for a while, and brought twice it counts once.
 */
export class Courier {
  private readonly parts: CourierParts;
  private running: Promise<void> | null = null;
  private again = false;
  private timer: NodeJS.Timeout | undefined;
  private stopped = true;

  constructor(parts: CourierParts) {
    this.parts = parts;
  }

  start(): void {
    this.stopped = false;
    this.wake();
  }

  /** Grants have been queued: looks at once, also when a look is under way and may be past them. */
  wake(): void {
    if (this.stopped) return;
    this.again = true;
    this.running ??= this.run();
  }

  /** What is under way is brought to its end. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  private async run(): Promise<void> {
    clearTimeout(this.timer);
    while (this.again && !this.stopped) {
      this.again = false;
      try {
        await this.round();
      } catch (error) {
        this.parts.logger.warn('delivery.failed', { error });
      }
    }
    this.running = null;
    if (!this.stopped) this.timer = setTimeout(() => this.wake(), pollMs);
  }

  /** Everything whose time has come. */
  private async round(): Promise<void> {
    const { sql, clock, voider } = this.parts;
    for (const id of await undeliverable(sql, new Date(clock.nowMs()), voidedAtOnce)) {
      await voider.void(id, 'the warehouse did not take it before it expired', 'auth');
    }
    const first = await this.claim();
    // Mostly there is nothing to do, and one look says so.
    if (first === null) return;
    await Promise.all([this.lane(first), ...Array.from({ length: lanes - 1 }, () => this.lane(null))]);
  }

  private async lane(first: DueDelivery | null): Promise<void> {
    for (let due = first ?? (await this.claim()); due !== null; due = await this.claim())
      await this.bring(due);
  }

  private async claim(): Promise<DueDelivery | null> {
    if (this.stopped) return null;
    const nowMs = this.parts.clock.nowMs();
    return claimDelivery(this.parts.sql, new Date(nowMs), new Date(nowMs + heldMs));
  }

  private async bring({ grantId, project, envelope, attempts }: DueDelivery): Promise<void> {
    const { sql, clock, logger, warehouse } = this.parts;
    const outcome = await warehouse.deliver(envelope);
    const nowMs = clock.nowMs();
    if (outcome.taken) {
      await noteDelivered(sql, grantId, outcome.receiptId, new Date(nowMs));
      return;
    }
    const waitMs = Math.min(maxRetryMs, firstRetryMs * 2 ** Math.min(attempts - 1, 10));
    await noteFailed(sql, grantId, outcome.code, new Date(nowMs + waitMs));
    logger.warn('delivery.refused', { grantId, project, code: outcome.code, attempts });
  }
}
