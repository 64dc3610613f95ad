import type { Sql } from '@rind/database';
import type { ProjectStatus } from '@rind/queue-port';
import type { KnownFile, SignedFile, UploadCandidate, UploadFacts } from './upload-decision.ts';
import { newProjectFacts, projectBytes, releaseFacts } from './upload-surroundings.ts';

/** Who asks: the names under which the database may know the file already. */
export interface UploadQuestion extends UploadCandidate {
  readonly targetPath: string;
  /** PEP 440 normal form. */
  readonly version: string;
}

/** A file as it is recorded; strings are lower-case hex where they are digests. */
export interface FileRecord extends UploadQuestion {
  readonly id: string;
  readonly displayName: string;
  readonly pythonVersion: string;
  readonly sha512: string;
  readonly md5: string;
  readonly requiresPython: string | null;
  /** Of a wheel's METADATA; null for source distributions, and before the file was opened. */
  readonly coreMetadataSha256: string | null;
  /** `yyyy-mm-ddThh:mm:ss.ffffffZ` */
  readonly uploadedAt: string;
  readonly uploader: string;
  /** The form as it came, without the file. */
  readonly form: readonly (readonly [string, string])[];
}

export async function uploadFacts(sql: Sql, asked: UploadQuestion): Promise<UploadFacts> {
  const project = await sql.query<{ status: ProjectStatus }>(
    `SELECT status FROM signer.project WHERE name = $1`,
    [asked.project],
  );
  const path = await sql.query<SignedFile>(
    `SELECT p.filename, p.sha256, p.blake2b256, p.state, (
              SELECT u.id FROM warehouse.upload u
               WHERE u.sha256 = p.sha256 AND u.target_path = p.target_path
               ORDER BY u.accepted_at, u.id LIMIT 1) AS "uploadId"
       FROM signer.path p WHERE p.target_path = $1`,
    [asked.targetPath],
  );
  const newProject = project.rows.length > 0 ? null : await newProjectFacts(sql, asked.project);
  const release = await releaseFacts(sql, asked);
  const bytes = await projectBytes(sql, asked.project);
  // Last, since outside a transaction each statement is of its own moment: the same upload, recorded in between, must not
  // be seen as another sdist of the release without being seen as the same file.
  const files = await sql.query<KnownFile>(
    `SELECT f.id, f.filename, f.sha256, f.blake2b256, (
              SELECT u.id FROM warehouse.upload u JOIN signer.outbox o ON o.upload_id = u.id
               WHERE u.file_id = f.id AND o.state <> 'set-aside'
               ORDER BY u.accepted_at, u.id LIMIT 1) AS "uploadId"
       FROM warehouse.file f WHERE f.filename = $1 OR f.blake2b256 = $2`,
    [asked.filename, asked.blake2b256],
  );
  return {
    projectStatus: project.rows[0]?.status ?? null,
    newProject,
    path: path.rows[0] ?? null,
    files: files.rows,
    release,
    projectBytes: bytes,
  };
}

/** @throws DatabaseError `database.conflict` when the name or the bytes are taken */
export async function insertFile(sql: Sql, file: FileRecord): Promise<void> {
  await sql.query(
    `INSERT INTO warehouse.project (name, display_name) VALUES ($1, $2) ON CONFLICT DO NOTHING`,
    [file.project, file.displayName],
  );
  await sql.query(
    `INSERT INTO warehouse.file (id, project, version, filename, target_path, package_type, python_version, length,
                                 sha256, sha512, blake2b256, md5, requires_python, core_metadata_sha256, uploaded_at, uploader, form)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`,
    [
      file.id,
      file.project,
      file.version,
      file.filename,
      file.targetPath,
      file.packageType,
      file.pythonVersion,
      file.length,
      file.sha256,
      file.sha512,
      file.blake2b256,
      file.md5,
      file.requiresPython,
      file.coreMetadataSha256,
      file.uploadedAt,
      file.uploader,
      JSON.stringify(file.form.map((field) => field.map(storable))),
    ],
  );
}

/** PostgreSQL's JSON takes neither NUL nor half a surrogate pair. */
function storable(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\\x00');
}
