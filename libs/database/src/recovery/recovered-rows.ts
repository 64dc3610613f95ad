import { unnest } from '../publishing/rows.ts';
import type { Sql } from '../sql.ts';
import { inParts } from './recovered-facts.ts';

export interface RecoveredGrant {
  readonly id: string;
  readonly seq: number;
  readonly verb: string;
  readonly project: string;
  readonly targetPath: string;
  /** Canonical bytes of the signed grant. */
  readonly envelope: Uint8Array;
}

/** A row of the register of files. What the upload's form said is lost; digests are lower-case hex. */
export interface RecoveredFile {
  readonly id: string;
  readonly project: string;
  readonly version: string;
  readonly filename: string;
  readonly targetPath: string;
  readonly packageType: string;
  readonly pythonVersion: string;
  /** Bytes. */
  readonly length: number;
  readonly sha256: string;
  readonly sha512: string;
  readonly blake2b256: string;
  readonly md5: string;
  readonly requiresPython: string | null;
  readonly uploadedAt: string;
  readonly uploader: string;
}

export async function insertApplied(
  sql: Sql,
  publicationId: number,
  grants: readonly RecoveredGrant[],
): Promise<void> {
  for (const part of inParts(grants)) {
    await sql.query(
      `INSERT INTO signer.applied_grant (publication_id, id, seq, verb, project, target_path, envelope)
       SELECT $1, * FROM ${unnest(['uuid', 'bigint', 'text', 'text', 'text', 'bytea'], 2)}
       ON CONFLICT (id) DO NOTHING`,
      [
        publicationId,
        part.map((g) => g.id),
        part.map((g) => g.seq),
        part.map((g) => g.verb),
        part.map((g) => g.project),
        part.map((g) => g.targetPath),
        part.map((g) => Buffer.from(g.envelope)),
      ],
    );
  }
}

/** A file that has a row already keeps it. */
export async function insertFiles(sql: Sql, files: readonly RecoveredFile[]): Promise<void> {
  const columns: readonly [string, string, (file: RecoveredFile) => unknown][] = [
    ['id', 'uuid', (f) => f.id],
    ['project', 'text', (f) => f.project],
    ['version', 'text', (f) => f.version],
    ['filename', 'text', (f) => f.filename],
    ['target_path', 'text', (f) => f.targetPath],
    ['package_type', 'text', (f) => f.packageType],
    ['python_version', 'text', (f) => f.pythonVersion],
    ['length', 'bigint', (f) => f.length],
    ['sha256', 'text', (f) => f.sha256],
    ['sha512', 'text', (f) => f.sha512],
    ['blake2b256', 'text', (f) => f.blake2b256],
    ['md5', 'text', (f) => f.md5],
    ['requires_python', 'text', (f) => f.requiresPython],
    ['uploaded_at', 'timestamptz', (f) => f.uploadedAt],
    ['uploader', 'text', (f) => f.uploader],
  ];
  const names = columns.map(([name]) => name).join(', ');
  for (const part of inParts(files)) {
    await sql.query(
      `INSERT INTO warehouse.project (name, display_name) SELECT DISTINCT name, name FROM unnest($1::text[]) AS n (name)
       ON CONFLICT DO NOTHING`,
      [part.map((f) => f.project)],
    );
    await sql.query(
      `INSERT INTO warehouse.file (${names}, form, custom)
       SELECT n.*, '[]'::jsonb, '{"recovered": true}'::jsonb FROM ${unnest(
         columns.map(([, type]) => type),
         1,
       )} AS n ON CONFLICT DO NOTHING`,
      columns.map(([, , value]) => part.map(value)),
    );
  }
}

/** A request to the signer that the database forgot, and its receipt. */
export interface RecoveredRequest extends RecoveredGrant {
  /** Id of the new receipt. */
  readonly uploadId: string;
  /** Of the granted bytes. */
  readonly sha256: string;
}

/** Receipts and requests, except of grants that have theirs. `pending` ones are taken up by the signer. */
export async function insertRequests(
  sql: Sql,
  publicationId: number | null,
  requests: readonly RecoveredRequest[],
): Promise<void> {
  for (const part of inParts(requests)) {
    await sql.query(
      `INSERT INTO warehouse.upload (id, file_id, grant_id, target_path, sha256, custom)
       SELECT n.id, f.id, n.grant_id, n.target_path, n.sha256, '{"recovered": true}'::jsonb
         FROM ${unnest(['uuid', 'uuid', 'text', 'text'], 1)} AS n (id, grant_id, target_path, sha256)
         LEFT JOIN warehouse.file AS f ON f.target_path = n.target_path AND f.sha256 = n.sha256
        WHERE NOT EXISTS (SELECT 1 FROM warehouse.upload AS u WHERE u.grant_id = n.grant_id)`,
      [
        part.map((g) => g.uploadId),
        part.map((g) => g.id),
        part.map((g) => g.targetPath),
        part.map((g) => g.sha256),
      ],
    );
    await sql.query(
      `INSERT INTO signer.outbox (upload_id, target_path, envelope, state, publication_id)
       SELECT n.*, CASE WHEN $4::bigint IS NULL THEN 'pending' ELSE 'published' END, $4
         FROM ${unnest(['uuid', 'text', 'bytea'], 1)} AS n (id, target_path, envelope)
        WHERE EXISTS (SELECT 1 FROM warehouse.upload AS u WHERE u.id = n.id)`,
      [
        part.map((g) => g.uploadId),
        part.map((g) => g.targetPath),
        part.map((g) => Buffer.from(g.envelope)),
        publicationId,
      ],
    );
  }
}
