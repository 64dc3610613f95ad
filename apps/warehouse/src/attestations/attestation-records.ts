import type { Sql } from '@rind/database';
import { packageTargetPath } from '@rind/index-model';
import type { ProjectName } from '@rind/kernel';
import type { Provenance } from './attested-provenance.ts';

/** Beside the file, in the transaction of the caller. The same document may be there from an earlier request. */
export async function insertProvenance(
  sql: Sql,
  fileId: string,
  { bytes, sha256 }: Provenance,
): Promise<void> {
  await sql.query(
    `INSERT INTO warehouse.attestation (file_id, sha256, provenance) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
    [fileId, sha256, Buffer.from(bytes)],
  );
}

/**
 * By file name, the provenance that the signed pages name: of files that are published at this moment and whose
 * project offers files (PEP 792).
 * @throws DatabaseError `database.unavailable`
 */
export async function publishedProvenance(
  sql: Sql,
  project: ProjectName,
  filenames: readonly string[],
): Promise<ReadonlyMap<string, Provenance>> {
  const { rows } = await sql.query<{ filename: string; sha256: string; provenance: Buffer }>(
    `SELECT p.filename, a.sha256, a.provenance
       FROM signer.path p
       JOIN signer.project o ON o.name = p.project AND o.status <> 'quarantined'
       JOIN warehouse.file f ON f.target_path = p.target_path AND f.sha256 = p.sha256
       JOIN warehouse.attestation a ON a.file_id = f.id AND a.sha256 = p.provenance_sha256
      WHERE p.target_path = ANY($1) AND p.state = 'live'`,
    [filenames.map((filename) => packageTargetPath(project, filename))],
  );
  return new Map(
    rows.map(({ filename, sha256, provenance }) => [filename, { sha256, bytes: new Uint8Array(provenance) }]),
  );
}
