import type { CommittedRole } from '@rind/queue-port';
import type { TransactionalSql } from '../sql.ts';

/** What the first ceremony published: the roles, and every bin at its first version. */
export interface CeremonyRecord {
  readonly roles: readonly Omit<CommittedRole, 'nextVersion'>[];
  readonly bins: {
    readonly count: number;
    readonly expiresMs: readonly number[];
    readonly length: readonly number[];
  };
  readonly timestampSha256: string;
}

/** Runs as the owner, once, on an index that has no roles yet; a second call changes nothing and answers false. */
export async function recordCeremony(sql: TransactionalSql, record: CeremonyRecord): Promise<boolean> {
  return sql.transaction(async (tx) => {
    await tx.query(`LOCK TABLE signer.role IN EXCLUSIVE MODE`);
    const existing = await tx.query(`SELECT 1 FROM signer.role LIMIT 1`);
    if (existing.rows.length > 0) return false;
    const version = (name: string): number => record.roles.find((role) => role.name === name)!.version;
    const { rows } = await tx.query<{ id: string }>(
      `INSERT INTO signer.publication (fence, kind, state, snapshot_version, timestamp_version, timestamp_sha256, bins, closed_at)
       VALUES (0, 'ceremony', 'closed', $1, $2, $3, $4, now()) RETURNING id`,
      [version('snapshot'), version('timestamp'), record.timestampSha256, record.bins.count],
    );
    await tx.query(
      `INSERT INTO signer.role (name, version, next_version, expires)
       SELECT name, version, version + 1, to_timestamp(expires_ms / 1000.0)
         FROM unnest($1::text[], $2::bigint[], $3::bigint[]) AS n (name, version, expires_ms)`,
      [
        record.roles.map((r) => r.name),
        record.roles.map((r) => r.version),
        record.roles.map((r) => r.expiresMs),
      ],
    );
    await tx.query(
      `INSERT INTO signer.bin (idx, version, next_counter, expires, length, targets, publication_id)
       SELECT idx - 1, 32768 + idx - 1, 2, to_timestamp(expires_ms / 1000.0), length, 0, $1
         FROM unnest($2::bigint[], $3::integer[]) WITH ORDINALITY AS n (expires_ms, length, idx)`,
      [rows[0]!.id, record.bins.expiresMs, record.bins.length],
    );
    return true;
  });
}

/** The committed number of bins, or 0 before the first ceremony. */
export async function countBins(sql: TransactionalSql): Promise<number> {
  const { rows } = await sql.query<{ count: string }>(`SELECT count(*) AS count FROM signer.bin`);
  return Number(rows[0]!.count);
}
