import type { Sql } from '@rind/database';
import type { ReceiptFacts } from './receipt.ts';

interface ReceiptRow {
  id: string;
  target_path: string;
  sha256: string | null;
  accepted_at: Date;
  state: ReceiptFacts['queueState'];
  reason: string | null;
  publication_id: string | null;
  snapshot_version: string | null;
  timestamp_version: string | null;
  closed_at: Date | null;
}

/** Facts of those of the uploads that exist, in no order. */
export async function receiptFacts(sql: Sql, ids: readonly string[]): Promise<ReceiptFacts[]> {
  const { rows } = await sql.query<ReceiptRow>(
    `SELECT u.id, u.target_path, u.sha256, u.accepted_at, o.state, o.reason, o.publication_id,
            p.snapshot_version, p.timestamp_version, p.closed_at
       FROM warehouse.upload u
       LEFT JOIN LATERAL (SELECT * FROM signer.outbox WHERE upload_id = u.id ORDER BY id DESC LIMIT 1) o ON true
       LEFT JOIN signer.publication p ON p.id = o.publication_id AND o.state = 'published'
      WHERE u.id = ANY($1::uuid[])`,
    [ids],
  );
  return rows.map((row) => ({
    id: row.id,
    targetPath: row.target_path,
    sha256: row.sha256,
    acceptedAt: row.accepted_at,
    queueState: row.state,
    reason: row.reason,
    publication: row.publication_id === null ? null : Number(row.publication_id),
    snapshotVersion: row.snapshot_version === null ? null : Number(row.snapshot_version),
    timestampVersion: row.timestamp_version === null ? null : Number(row.timestamp_version),
    closedAt: row.closed_at,
  }));
}

/** Id of the newest upload of these bytes, or null. */
export async function newestUploadOf(sql: Sql, sha256: string): Promise<string | null> {
  const { rows } = await sql.query<{ id: string }>(
    `SELECT id FROM warehouse.upload WHERE sha256 = $1 ORDER BY accepted_at DESC, id DESC LIMIT 1`,
    [sha256],
  );
  return rows[0]?.id ?? null;
}
