import type { AuditEvent, SetAsideRow } from '@rind/queue-port';
import { unnest } from './rows.ts';
import type { Sql } from '../sql.ts';

export async function insertAudit(sql: Sql, events: readonly AuditEvent[]): Promise<void> {
  if (events.length === 0) return;
  await sql.query(
    `INSERT INTO signer.audit (event, actor, project, target, detail)
     SELECT * FROM ${unnest(['text', 'text', 'text', 'text', 'jsonb'], 1)}`,
    [
      events.map((e) => e.event),
      events.map((e) => e.actor ?? null),
      events.map((e) => e.project ?? null),
      events.map((e) => e.target ?? null),
      events.map((e) => JSON.stringify(e.detail ?? {})),
    ],
  );
}

/** Rows leave the queue with their reason, each with its audit event, and waiting receipts are woken. */
export async function setAsideRows(sql: Sql, rows: readonly SetAsideRow[]): Promise<void> {
  if (rows.length === 0) return;
  await sql.query(
    `UPDATE signer.outbox AS o SET state = 'set-aside', reason = n.reason
       FROM ${unnest(['bigint', 'text'], 1)} AS n (id, reason)
      WHERE o.id = n.id AND o.state = 'pending'`,
    [rows.map((r) => r.outboxId), rows.map((r) => r.reason)],
  );
  await insertAudit(
    sql,
    rows.map((r) => r.audit),
  );
  await sql.query(`SELECT pg_notify('rind_published', '')`);
}
