import type { Sql } from '@rind/database';
import type { Grant } from '@rind/index-model';

/** A grant whose turn it is. */
export interface DueDelivery {
  readonly grantId: string;
  readonly project: string;
  /** The signed grant, verbatim. */
  readonly envelope: Uint8Array;
  /** How often it was tried, this time included. */
  readonly attempts: number;
}

/** What became of the last grant that auth delivers for a path. */
export interface DeliveryState {
  readonly targetPath: string;
  readonly delivered: boolean;
  /** Of the warehouse's receipt. */
  readonly receiptId: string | null;
}

/** In the transaction that issues the grants: neither is there without the other. */
export async function queueDeliveries(sql: Sql, grants: readonly Grant[], now: Date): Promise<void> {
  await sql.query(
    `INSERT INTO auth.grant_delivery (grant_id, project, seq, expires_at, next_try_at)
     SELECT *, $5 FROM unnest($1::uuid[], $2::text[], $3::bigint[], $4::timestamptz[])`,
    [
      grants.map(({ id }) => id),
      grants.map(({ project }) => project),
      grants.map(({ seq }) => seq),
      grants.map(({ exp }) => new Date(exp * 1_000)),
      now,
    ],
  );
}

/**
 * The first waiting grant of some project, if its time has come; it is this process's until `heldUntil`. Later ones of
 * the project wait for it. A process that ends in the middle leaves it to whoever comes after that time.
 */
export async function claimDelivery(sql: Sql, now: Date, heldUntil: Date): Promise<DueDelivery | null> {
  const { rows } = await sql.query<{
    grant_id: string;
    project: string;
    envelope: Buffer;
    attempts: number;
  }>(
    `UPDATE auth.grant_delivery AS mine SET attempts = attempts + 1, next_try_at = $2
       FROM auth.grant_log AS g
      WHERE g.id = mine.grant_id AND mine.grant_id = (
        SELECT d.grant_id FROM auth.grant_delivery AS d
         WHERE d.delivered_at IS NULL AND d.next_try_at <= $1 AND d.expires_at > $1
           AND NOT EXISTS (
             SELECT 1 FROM auth.grant_delivery AS e
              WHERE e.project = d.project AND e.seq < d.seq AND e.delivered_at IS NULL AND e.expires_at > $1)
         ORDER BY d.next_try_at, d.seq LIMIT 1 FOR UPDATE SKIP LOCKED)
     RETURNING mine.grant_id, mine.project, g.envelope, mine.attempts`,
    [now, heldUntil],
  );
  const row = rows[0];
  if (row === undefined) return null;
  const { grant_id: grantId, project, envelope, attempts } = row;
  return { grantId, project, envelope: new Uint8Array(envelope), attempts };
}

/** The warehouse has it; whoever hears that first writes it down. */
export async function noteDelivered(
  sql: Sql,
  id: string,
  receiptId: string | null,
  now: Date,
): Promise<void> {
  await sql.query(
    `UPDATE auth.grant_delivery SET delivered_at = $2, receipt_id = $3, last_error = NULL
      WHERE grant_id = $1 AND delivered_at IS NULL`,
    [id, now, receiptId],
  );
}

/** @param code of the error; @param nextTry when it is tried again */
export async function noteFailed(sql: Sql, id: string, code: string, nextTry: Date): Promise<void> {
  await sql.query(
    `UPDATE auth.grant_delivery SET last_error = $2, next_try_at = $3
      WHERE grant_id = $1 AND delivered_at IS NULL`,
    [id, code.slice(0, 100), nextTry],
  );
}

/** Grants that expired before the warehouse took them, and that nobody has voided; at most `limit`. */
export async function undeliverable(sql: Sql, now: Date, limit: number): Promise<readonly string[]> {
  const { rows } = await sql.query<{ grant_id: string }>(
    `SELECT grant_id FROM auth.grant_delivery AS d
      WHERE delivered_at IS NULL AND expires_at <= $1
        AND NOT EXISTS (SELECT 1 FROM auth.grant_void v WHERE v.grant_id = d.grant_id)
      ORDER BY seq LIMIT $2`,
    [now, limit],
  );
  return rows.map(({ grant_id }) => grant_id);
}

/** Of those of the paths that auth delivered something for, the newest. */
export async function deliveryStates(
  sql: Sql,
  project: string,
  paths: readonly string[],
): Promise<ReadonlyMap<string, DeliveryState>> {
  const { rows } = await sql.query<{ target_path: string; delivered: boolean; receipt_id: string | null }>(
    `SELECT DISTINCT ON (g.target_path) g.target_path, d.delivered_at IS NOT NULL AS delivered, d.receipt_id
       FROM auth.grant_log g JOIN auth.grant_delivery d ON d.grant_id = g.id
      WHERE g.project = $1 AND g.target_path = ANY($2)
        AND NOT EXISTS (SELECT 1 FROM auth.grant_void v WHERE v.grant_id = g.id)
      ORDER BY g.target_path, g.seq DESC`,
    [project, paths],
  );
  return new Map(
    rows.map(({ target_path: targetPath, delivered, receipt_id: receiptId }) => [
      targetPath,
      { targetPath, delivered, receiptId },
    ]),
  );
}
