import type { Sql } from '@rind/database';
import type { Vault } from '../protection/vault.ts';

/** A row of the append-only log. */
export interface LoggedGrant {
  readonly id: string;
  /** Microseconds since 1970, strictly growing. */
  readonly seq: number;
  readonly verb: string;
  readonly project: string;
  readonly targetPath: string;
  readonly accountId: string | null;
  /** The signed grant, verbatim. */
  readonly envelope: Uint8Array;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
}

/** What the signer compares with its own record. */
export interface LiveGrant {
  readonly id: string;
  readonly seq: number;
  readonly targetPath: string;
  readonly verb: string;
  readonly issuedAt: string;
  readonly expiresAt: string;
}

/** Any number that only this lock uses in the database. */
const sequenceLock = 7_264_915_502;

/**
 * The next sequence number: the time in microseconds, or one more than the last.
 * The lock is held until the transaction ends, so that numbers become visible in their order: a reader who has
 * seen one has seen all below it. Two statements: the second must see what was committed while the first waited.
 */
export async function nextSeq(sql: Sql, nowMs: number): Promise<number> {
  await sql.query('SELECT pg_advisory_xact_lock($1)', [sequenceLock]);
  const { rows } = await sql.query<{ last: string | null }>('SELECT max(seq) AS last FROM auth.grant_log');
  return Math.max(nowMs * 1_000, Number(rows[0]?.last ?? 0) + 1);
}

/** All in one statement. @throws DatabaseError `database.conflict` when an id is taken */
export async function appendGrants(sql: Sql, grants: readonly LoggedGrant[]): Promise<void> {
  await sql.query(
    `INSERT INTO auth.grant_log
       (id, seq, verb, project, target_path, account_id, envelope, issued_at, expires_at)
     SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::uuid[], $7::bytea[],
                          $8::timestamptz[], $9::timestamptz[])`,
    [
      grants.map(({ id }) => id),
      grants.map(({ seq }) => seq),
      grants.map(({ verb }) => verb),
      grants.map(({ project }) => project),
      grants.map(({ targetPath }) => targetPath),
      grants.map(({ accountId }) => accountId),
      grants.map(({ envelope }) => Buffer.from(envelope)),
      grants.map(({ issuedAt }) => issuedAt),
      grants.map(({ expiresAt }) => expiresAt),
    ],
  );
}

export async function findGrant(
  sql: Sql,
  id: string,
): Promise<{ readonly project: string; readonly targetPath: string } | undefined> {
  const { rows } = await sql.query<{ project: string; target_path: string }>(
    'SELECT project, target_path FROM auth.grant_log WHERE id = $1',
    [id],
  );
  const found = rows[0];
  return found === undefined ? undefined : { project: found.project, targetPath: found.target_path };
}

/** Marks a grant as void; false when it was void already. */
export async function appendVoid(
  sql: Sql,
  vault: Vault,
  { id, reason, at }: { readonly id: string; readonly reason: string; readonly at: Date },
): Promise<boolean> {
  const { rowCount } = await sql.query(
    `INSERT INTO auth.grant_void (grant_id, at, reason, proof) VALUES ($1, $2, $3, $4)
     ON CONFLICT (grant_id) DO NOTHING`,
    [id, at, reason, vault.mac('grant-void', id)],
  );
  return rowCount === 1;
}

/** Those of `ids` that are void. */
export async function voidedAmong(sql: Sql, ids: readonly string[]): Promise<readonly string[]> {
  const { rows } = await sql.query<{ grant_id: string }>(
    'SELECT grant_id FROM auth.grant_void WHERE grant_id = ANY($1::uuid[])',
    [ids],
  );
  return rows.map((row) => row.grant_id);
}

/** Grants above `after` that are neither void nor expired, in the order of their numbers, at most `limit`. */
export async function liveGrants(
  sql: Sql,
  after: number,
  limit: number,
  now: Date,
): Promise<readonly LiveGrant[]> {
  const { rows } = await sql.query<{
    id: string;
    seq: string;
    target_path: string;
    verb: string;
    issued_at: Date;
    expires_at: Date;
  }>(
    `SELECT id, seq, target_path, verb, issued_at, expires_at FROM auth.grant_log g
     WHERE seq > $1 AND expires_at > $2
       AND NOT EXISTS (SELECT 1 FROM auth.grant_void v WHERE v.grant_id = g.id)
     ORDER BY seq LIMIT $3`,
    [after, now, limit],
  );
  return rows.map((row) => ({
    id: row.id,
    seq: Number(row.seq),
    targetPath: row.target_path,
    verb: row.verb,
    issuedAt: row.issued_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
  }));
}
