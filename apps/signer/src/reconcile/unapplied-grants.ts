import { z } from 'zod';
import type { Clock } from '@rind/kernel';
import type { AuditEvent } from '@rind/queue-port';
import type { Sql } from '@rind/database';

const liveGrants = z.object({
  grants: z.array(
    z.object({
      id: z.uuid(),
      seq: z.number().int(),
      targetPath: z.string(),
      verb: z.string(),
      issuedAt: z.string(),
      expiresAt: z.string(),
    }),
  ),
});

export type LiveGrant = z.output<typeof liveGrants>['grants'][number];

export interface UnappliedGrantsSettings {
  readonly authUrl: string;
  readonly secret: string;
  /** How old a live grant may be before its absence is an alarm. */
  readonly alarmAfterMs: number;
}

/**
 * Asks auth for the grants that it issued and nobody voided: one that never reached the queue, though
 * the author was told so, means that something between the gate and us swallows uploads.
 */
export class UnappliedGrants {
  private readonly sql: Sql;
  private readonly clock: Clock;
  private readonly settings: UnappliedGrantsSettings;
  private after = 0;
  private waiting: LiveGrant[] = [];

  constructor(sql: Sql, clock: Clock, settings: UnappliedGrantsSettings) {
    this.sql = sql;
    this.clock = clock;
    this.settings = settings;
  }

  async next(): Promise<AuditEvent[]> {
    const fresh = await this.fetchLive();
    const candidates = [...this.waiting, ...fresh];
    const applied = await this.appliedOf(candidates.map(({ id }) => id));
    const open = candidates.filter(({ id }) => !applied.has(id));
    const old = (grant: LiveGrant): boolean =>
      this.clock.nowMs() - Date.parse(grant.issuedAt) > this.settings.alarmAfterMs;
    this.waiting = open.filter((grant) => !old(grant));
    const stillLive = await this.stillLive(open.filter(old));
    return stillLive.map((grant) => ({
      event: 'grant.unapplied',
      target: grant.targetPath,
      detail: { grant: grant.id, seq: grant.seq, verb: grant.verb, issuedAt: grant.issuedAt },
    }));
  }

  /** Grants newer than any seen before; those issued out of order are seen at the latest when their seq is passed. */
  private async fetchLive(): Promise<LiveGrant[]> {
    const grants = await this.request(this.after, 1_000);
    const last = grants[grants.length - 1];
    if (last !== undefined) this.after = last.seq;
    return grants;
  }

  /** A grant may have been voided while it waited. */
  private async stillLive(grants: readonly LiveGrant[]): Promise<LiveGrant[]> {
    const live: LiveGrant[] = [];
    for (const grant of grants) {
      const [current] = await this.request(grant.seq - 1, 1);
      if (current?.id === grant.id) live.push(grant);
    }
    return live;
  }

  private async request(after: number, limit: number): Promise<LiveGrant[]> {
    const url = `${this.settings.authUrl}/internal/grants/live?after=${after}&limit=${limit}`;
    const response = await fetch(url, {
      headers: { authorization: `Bearer ${this.settings.secret}` },
      signal: AbortSignal.timeout(10_000),
    });
    if (!response.ok) return [];
    return liveGrants.parse(await response.json()).grants;
  }

  private async appliedOf(ids: readonly string[]): Promise<ReadonlySet<string>> {
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
