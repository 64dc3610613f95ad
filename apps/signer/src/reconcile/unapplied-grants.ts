import type { Clock } from '@rind/kernel';
import type { AuditEvent } from '@rind/queue-port';
import type { Sql } from '@rind/database';
import type { AuthLog, LiveGrant } from '../auth-log/auth-log.ts';

/** Grants read from auth in one round. */
const perRound = 1_000;

/**
 * Asks auth for the grants that it issued and nobody voided: one that never reached the queue, though
 * the author was told so, means that something between the gate and us swallows uploads.
 */
export class UnappliedGrants {
  private readonly sql: Sql;
  private readonly auth: AuthLog;
  private readonly clock: Clock;
  private readonly alarmAfterMs: number;
  private after = 0;
  private waiting: readonly LiveGrant[] = [];

  /** @param alarmAfterMs how old a live grant may be before its absence is an alarm */
  constructor(sql: Sql, auth: AuthLog, clock: Clock, alarmAfterMs: number) {
    this.sql = sql;
    this.auth = auth;
    this.clock = clock;
    this.alarmAfterMs = alarmAfterMs;
  }

  /** A round that fails changes nothing: the next one sees the same grants again. */
  async next(): Promise<AuditEvent[]> {
    // Numbers become visible in their order (auth's lock): who has seen one has seen all below it.
    const fresh = await this.auth.live(this.after, perRound);
    const candidates = [...this.waiting, ...fresh];
    const arrived = await this.arrived(candidates.map(({ id }) => id));
    const missing = candidates.filter(({ id }) => !arrived.has(id));
    const late = (grant: LiveGrant): boolean =>
      this.clock.nowMs() - Date.parse(grant.issuedAt) > this.alarmAfterMs;
    const unapplied = await this.stillLive(missing.filter(late));
    this.after = fresh[fresh.length - 1]?.seq ?? this.after;
    this.waiting = missing.filter((grant) => !late(grant));
    return unapplied.map((grant) => ({
      event: 'grant.unapplied',
      target: grant.targetPath,
      detail: { grant: grant.id, seq: grant.seq, verb: grant.verb, issuedAt: grant.issuedAt },
    }));
  }

  /** A grant may have been voided while it waited. */
  private async stillLive(grants: readonly LiveGrant[]): Promise<LiveGrant[]> {
    if (grants.length === 0) return [];
    const voided = await this.auth.voided(grants.map(({ id }) => id));
    return grants.filter(({ id }) => !voided.has(id));
  }

  /** Those that were applied or stand in the queue. */
  private async arrived(ids: readonly string[]): Promise<ReadonlySet<string>> {
    if (ids.length === 0) return new Set();
    const { rows } = await this.sql.query<{ id: string }>(
      `SELECT id FROM signer.applied_grant WHERE id = ANY($1::uuid[])
       UNION SELECT grant_id AS id FROM warehouse.upload AS u
         JOIN signer.outbox AS o ON o.upload_id = u.id
        WHERE grant_id = ANY($1::uuid[]) AND o.state IN ('pending', 'taken', 'set-aside')`,
      [ids],
    );
    return new Set(rows.map(({ id }) => id));
  }
}
