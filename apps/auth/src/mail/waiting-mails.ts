import type { Sql } from '@rind/database';

/** A mail whose time has come, and which is this process's until the lease is over. */
export interface DueMail {
  readonly id: string;
  readonly to: string;
  readonly sealed: Buffer;
  readonly createdAt: Date;
  /** How often it was tried, this time included. */
  readonly attempts: number;
}

/**
 * Takes what is due, each for one process at a time. Taking counts as a try: a process that dies while it sends has
 * used one up, and the mail is somebody else's when the lease is over.
 */
export async function takeDueMails(
  sql: Sql,
  now: Date,
  { limit, leaseMs }: { readonly limit: number; readonly leaseMs: number },
): Promise<readonly DueMail[]> {
  const { rows } = await sql.query<{
    id: string;
    number: string;
    to_address: string;
    sealed: Buffer;
    created_at: Date;
    attempts: number;
  }>(
    `UPDATE auth.mail SET attempts = attempts + 1, next_try_at = $2
      WHERE id IN (SELECT id FROM auth.mail WHERE sent_at IS NULL AND next_try_at <= $1
                    ORDER BY next_try_at, number LIMIT $3 FOR UPDATE SKIP LOCKED)
      RETURNING id, number, to_address, sealed, created_at, attempts`,
    [now, new Date(now.getTime() + leaseMs), limit],
  );
  // What an update returns has no order.
  return rows
    .toSorted((one, other) => Number(one.number) - Number(other.number))
    .map(({ id, to_address: to, sealed, created_at: createdAt, attempts }) => ({
      ...{ id, to, sealed, createdAt, attempts },
    }));
}

/** It was taken by a mail server, or given up: what it said is not kept. */
export async function endMail(sql: Sql, id: string, at: Date): Promise<void> {
  await sql.query(`UPDATE auth.mail SET sent_at = $2, sealed = '' WHERE id = $1`, [id, at]);
}

export async function tryAgainAt(sql: Sql, id: string, at: Date): Promise<void> {
  await sql.query('UPDATE auth.mail SET next_try_at = $2 WHERE id = $1 AND sent_at IS NULL', [id, at]);
}
