import type { ClosedPublication, PreparedPublication } from '@rind/queue-port';
import type { Sql } from '../sql.ts';
import { assertFence } from './fence.ts';
import { pathColumns, projectColumns, unnest } from './rows.ts';

/** Records what was written, before the timestamp: from here on the publication can be rolled forward. */
export async function preparePublication(
  sql: Sql,
  fence: number,
  id: number,
  prepared: PreparedPublication,
): Promise<void> {
  await assertFence(sql, fence);
  if (prepared.bins.length > 0) {
    await sql.query(
      `UPDATE signer.publication_bin AS b
          SET expires = to_timestamp(n.expires_ms / 1000.0), length = n.length, targets = n.targets
         FROM ${unnest(['integer', 'bigint', 'integer', 'integer'], 2)} AS n (idx, expires_ms, length, targets)
        WHERE b.publication_id = $1 AND b.idx = n.idx`,
      [
        id,
        prepared.bins.map((b) => b.idx),
        prepared.bins.map((b) => b.expiresMs),
        prepared.bins.map((b) => b.length),
        prepared.bins.map((b) => b.targets),
      ],
    );
  }
  await sql.query(
    `INSERT INTO signer.signature_log (publication_id, key_id, role, version, sha256)
     SELECT $1, * FROM ${unnest(['text', 'text', 'bigint', 'text'], 2)}`,
    [
      id,
      prepared.signatures.map((s) => s.keyId),
      prepared.signatures.map((s) => s.role),
      prepared.signatures.map((s) => s.version),
      prepared.signatures.map((s) => s.sha256),
    ],
  );
  await sql.query(
    `UPDATE signer.publication SET state = 'prepared', timestamp_sha256 = $2 WHERE id = $1 AND state IN ('open', 'prepared')`,
    [id, prepared.timestampSha256],
  );
}

const pathUpdates = pathColumns
  .split(',')
  .map((column) => column.trim())
  .filter((column) => column !== 'target_path')
  .map((column) => `${column} = EXCLUDED.${column}`)
  .join(', ');
const projectUpdates = projectColumns
  .split(',')
  .map((column) => column.trim())
  .filter((column) => column !== 'name')
  .map((column) => `${column} = EXCLUDED.${column}`)
  .join(', ');

/** Copies the plan over the committed facts. A second call finds the publication closed and does nothing. */
export async function closePublication(
  sql: Sql,
  fence: number,
  id: number,
  closed: ClosedPublication,
): Promise<void> {
  await assertFence(sql, fence);
  const { rows } = await sql.query<{ snapshot_version: string; timestamp_version: string }>(
    `UPDATE signer.publication SET state = 'closed', closed_at = clock_timestamp(), duration_ms = $2
      WHERE id = $1 AND state = 'prepared' RETURNING snapshot_version, timestamp_version`,
    [id, closed.durationMs],
  );
  const row = rows[0];
  if (row === undefined) return;
  await sql.query(
    `INSERT INTO signer.path (publication_id, ${pathColumns})
     SELECT publication_id, ${pathColumns} FROM signer.publication_path WHERE publication_id = $1
     ON CONFLICT (target_path) DO UPDATE SET publication_id = EXCLUDED.publication_id, ${pathUpdates}`,
    [id],
  );
  await sql.query(
    `INSERT INTO signer.project (publication_id, ${projectColumns})
     SELECT publication_id, ${projectColumns} FROM signer.publication_project WHERE publication_id = $1
     ON CONFLICT (name) DO UPDATE SET publication_id = EXCLUDED.publication_id, ${projectUpdates}`,
    [id],
  );
  await sql.query(
    `INSERT INTO signer.applied_grant (publication_id, id, seq, verb, project, target_path, envelope)
     SELECT publication_id, id, seq, verb, project, target_path, envelope
       FROM signer.publication_grant WHERE publication_id = $1
     ON CONFLICT (id) DO NOTHING`,
    [id],
  );
  await sql.query(
    `UPDATE signer.bin AS b
        SET version = n.version, expires = n.expires, length = n.length,
            targets = coalesce(n.targets, b.targets), publication_id = $1
       FROM signer.publication_bin AS n WHERE n.publication_id = $1 AND n.idx = b.idx`,
    [id],
  );
  await sql.query(
    `UPDATE signer.role AS r SET version = n.version, expires = to_timestamp(n.expires_ms / 1000.0)
       FROM (VALUES ('snapshot', $1::bigint, $2::bigint), ('timestamp', $3::bigint, $4::bigint)) AS n (name, version, expires_ms)
      WHERE r.name = n.name`,
    [
      Number(row.snapshot_version),
      closed.snapshotExpiresMs,
      Number(row.timestamp_version),
      closed.timestampExpiresMs,
    ],
  );
  await sql.query(
    `UPDATE signer.role AS r
        SET version = n.version, expires = to_timestamp(n."expiresMs" / 1000.0),
            next_version = greatest(r.next_version, n.version + 1)
       FROM signer.publication AS p,
            jsonb_to_recordset(p.custom -> 'offline') AS n (role text, version bigint, "expiresMs" bigint)
      WHERE p.id = $1 AND r.name = n.role AND r.version < n.version`,
    [id],
  );
  await sql.query(
    `UPDATE signer.outbox SET state = 'published' WHERE publication_id = $1 AND state = 'taken'`,
    [id],
  );
  await discardPlan(sql, id);
  await sql.query(`SELECT pg_notify('rind_published', $1)`, [String(id)]);
}

/** Gives the rows back; the numbers stay burned. */
export async function abandonPublication(sql: Sql, fence: number, id: number, reason: string): Promise<void> {
  await assertFence(sql, fence);
  const { rowCount } = await sql.query(
    `UPDATE signer.publication SET state = 'abandoned', closed_at = clock_timestamp(),
            custom = custom || jsonb_build_object('reason', $2::text)
      WHERE id = $1 AND state IN ('open', 'prepared')`,
    [id, reason],
  );
  if (rowCount === 0) return;
  await sql.query(
    `UPDATE signer.outbox SET state = 'pending', publication_id = NULL WHERE publication_id = $1 AND state = 'taken'`,
    [id],
  );
  await sql.query(
    `INSERT INTO signer.audit (event, detail)
     VALUES ('publication.abandoned', jsonb_build_object('publication', $1::bigint, 'reason', $2::text))`,
    [id, reason],
  );
  await discardPlan(sql, id);
}

async function discardPlan(sql: Sql, id: number): Promise<void> {
  await sql.query(`DELETE FROM signer.publication_path WHERE publication_id = $1`, [id]);
  await sql.query(`DELETE FROM signer.publication_project WHERE publication_id = $1`, [id]);
  await sql.query(`DELETE FROM signer.publication_grant WHERE publication_id = $1`, [id]);
}
