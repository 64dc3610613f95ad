import type { Sql } from '@rind/database';

/** A request to the signer, and the receipt that tells what became of it. */
export interface UploadRequest {
  readonly id: string;
  readonly fileId: string | null;
  readonly grantId: string;
  readonly targetPath: string;
  readonly sha256: string | null;
  /** Of the core metadata that lies beside the file (PEP 658); null when none does. */
  readonly coreMetadataSha256: string | null;
  /** Of the document that says who built the file (PEP 740); null when none does. */
  readonly provenanceSha256: string | null;
  /** Canonical bytes of the signed grant. */
  readonly envelope: Uint8Array;
}

/** Held until the transaction ends: uploads of one name come one after the other. */
export async function lockName(sql: Sql, name: string): Promise<void> {
  await sql.query(`SELECT pg_advisory_xact_lock(hashtextextended($1, 8458))`, [name]);
}

/**
 * Held until the transaction ends: uploads that would create projects whose names look alike come one after the other,
 * and so do the source distributions of a project. Taken before the lock of a name.
 * @param lookAlike the name without what makes look-alikes differ
 */
export async function lockProject(
  sql: Sql,
  { project, lookAlike, isSdist }: { project: string; lookAlike: string; isSdist: boolean },
): Promise<void> {
  await sql.query(
    `SELECT pg_advisory_xact_lock(hashtextextended($1, 8459))
      WHERE $3 OR NOT EXISTS (SELECT FROM warehouse.project WHERE name = $2)`,
    [lookAlike, project, isSdist],
  );
}

/** The receipt and the request, in the transaction of the caller. */
export async function insertRequest(sql: Sql, upload: UploadRequest): Promise<void> {
  await sql.query(
    `INSERT INTO warehouse.upload (id, file_id, grant_id, target_path, sha256) VALUES ($1, $2, $3, $4, $5)`,
    [upload.id, upload.fileId, upload.grantId, upload.targetPath, upload.sha256],
  );
  await sql.query(
    `INSERT INTO signer.outbox (upload_id, target_path, envelope, core_metadata_sha256, provenance_sha256)
     VALUES ($1, $2, $3, $4, $5)`,
    [upload.id, upload.targetPath, upload.envelope, upload.coreMetadataSha256, upload.provenanceSha256],
  );
}

/** The upload that a grant was used for, or null. */
export async function uploadOfGrant(sql: Sql, grantId: string): Promise<string | null> {
  const { rows } = await sql.query<{ id: string }>(
    `SELECT id FROM warehouse.upload WHERE grant_id = $1 LIMIT 1`,
    [grantId],
  );
  return rows[0]?.id ?? null;
}
