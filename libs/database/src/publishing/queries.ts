import type {
  CommittedRole,
  ExpiringBin,
  KnownFacts,
  OutboxRow,
  PathFacts,
  UnfinishedPublication,
} from '@rind/queue-port';
import { pathColumns, pathOf, projectColumns, projectOf } from './rows.ts';
import type { PathRow, ProjectRow } from './rows.ts';
import type { Sql } from '../sql.ts';

export async function pendingRows(sql: Sql, limit: number, except: readonly number[]): Promise<OutboxRow[]> {
  const { rows } = await sql.query<{
    id: string;
    upload_id: string;
    target_path: string;
    envelope: Buffer;
    core_metadata_sha256: string | null;
    provenance_sha256: string | null;
    enqueued_ms: string;
  }>(
    `SELECT id, upload_id, target_path, envelope, core_metadata_sha256, provenance_sha256,
            floor(extract(epoch FROM enqueued_at) * 1000) AS enqueued_ms
       FROM signer.outbox WHERE state = 'pending' AND id <> ALL($2::bigint[]) ORDER BY id LIMIT $1`,
    [limit, except],
  );
  return rows.map((row) => ({
    id: Number(row.id),
    uploadId: row.upload_id,
    targetPath: row.target_path,
    envelope: row.envelope,
    coreMetadataSha256: row.core_metadata_sha256,
    provenanceSha256: row.provenance_sha256,
    enqueuedAtMs: Number(row.enqueued_ms),
  }));
}

export async function knownFacts(
  sql: Sql,
  paths: readonly string[],
  projects: readonly string[],
  grantIds: readonly string[],
): Promise<KnownFacts> {
  const [pathRows, projectRows, grantRows, addedRows, deletedRows] = await Promise.all([
    sql.query<PathRow>(`SELECT ${pathColumns} FROM signer.path WHERE target_path = ANY($1)`, [paths]),
    sql.query<ProjectRow>(`SELECT ${projectColumns} FROM signer.project WHERE name = ANY($1)`, [projects]),
    sql.query<{ id: string }>(`SELECT id FROM signer.applied_grant WHERE id = ANY($1::uuid[])`, [grantIds]),
    sql.query<{ project: string; added: string }>(
      `SELECT project, count(*) AS added FROM signer.applied_grant
        WHERE project = ANY($1) AND verb = 'add' AND applied_at > now() - interval '1 hour' GROUP BY project`,
      [projects],
    ),
    sql.query<{ deleted: string; now_ms: string }>(
      `SELECT count(*) AS deleted, floor(extract(epoch FROM clock_timestamp()) * 1000) AS now_ms
         FROM signer.applied_grant
        WHERE verb IN ('delete', 'revoke') AND applied_at > now() - interval '1 hour'`,
    ),
  ]);
  return {
    paths: new Map(pathRows.rows.map((row) => [row.target_path, pathOf(row)])),
    projects: new Map(projectRows.rows.map((row) => [row.name, projectOf(row)])),
    appliedGrants: new Set(grantRows.rows.map((row) => row.id)),
    addedLastHour: new Map(addedRows.rows.map((row) => [row.project, Number(row.added)])),
    deletedLastHour: Number(deletedRows.rows[0]!.deleted),
    databaseNowMs: Number(deletedRows.rows[0]!.now_ms),
  };
}

export async function pathsOfProjects(sql: Sql, projects: readonly string[]): Promise<PathFacts[]> {
  const { rows } = await sql.query<PathRow>(
    `SELECT ${pathColumns} FROM signer.path WHERE project = ANY($1)`,
    [projects],
  );
  return rows.map(pathOf);
}

export async function unfinishedPublications(sql: Sql): Promise<UnfinishedPublication[]> {
  const { rows } = await sql.query<{
    id: string;
    state: 'open' | 'prepared';
    snapshot_version: string;
    timestamp_version: string;
    timestamp_sha256: string | null;
    bin_indexes: number[];
  }>(
    `SELECT id, state, snapshot_version, timestamp_version, timestamp_sha256,
            ARRAY(SELECT idx FROM signer.publication_bin WHERE publication_id = p.id ORDER BY idx) AS bin_indexes
       FROM signer.publication AS p WHERE state IN ('open', 'prepared') ORDER BY id`,
  );
  return rows.map((row) => ({
    id: Number(row.id),
    state: row.state,
    snapshotVersion: Number(row.snapshot_version),
    timestampVersion: Number(row.timestamp_version),
    timestampSha256: row.timestamp_sha256,
    bins: row.bin_indexes,
  }));
}

export async function committedRoles(sql: Sql): Promise<ReadonlyMap<string, CommittedRole>> {
  const { rows } = await sql.query<{
    name: string;
    version: string;
    next_version: string;
    expires_ms: string;
  }>(
    `SELECT name, version, next_version, floor(extract(epoch FROM expires) * 1000) AS expires_ms FROM signer.role`,
  );
  return new Map(
    rows.map((row) => [
      row.name,
      {
        name: row.name,
        version: Number(row.version),
        nextVersion: Number(row.next_version),
        expiresMs: Number(row.expires_ms),
      },
    ]),
  );
}

export async function binsExpiringBefore(
  sql: Sql,
  expiresBeforeMs: number,
  limit: number,
  except: readonly number[],
): Promise<ExpiringBin[]> {
  const { rows } = await sql.query<{ idx: number; expires_ms: string }>(
    `SELECT idx, floor(extract(epoch FROM expires) * 1000) AS expires_ms FROM signer.bin
      WHERE expires < to_timestamp($1 / 1000.0) AND idx <> ALL($3::integer[]) ORDER BY expires LIMIT $2`,
    [expiresBeforeMs, limit, except],
  );
  return rows.map((row) => ({ idx: row.idx, expiresMs: Number(row.expires_ms) }));
}

export async function countBinsExpiringBefore(
  sql: Sql,
  expiresBeforeMs: number,
  except: readonly number[],
): Promise<number> {
  const { rows } = await sql.query<{ due: string }>(
    `SELECT count(*) AS due FROM signer.bin
      WHERE expires < to_timestamp($1 / 1000.0) AND idx <> ALL($2::integer[])`,
    [expiresBeforeMs, except],
  );
  return Number(rows[0]!.due);
}

export async function databaseNowMs(sql: Sql): Promise<number> {
  const { rows } = await sql.query<{ now_ms: string }>(
    `SELECT floor(extract(epoch FROM clock_timestamp()) * 1000) AS now_ms`,
  );
  return Number(rows[0]!.now_ms);
}
