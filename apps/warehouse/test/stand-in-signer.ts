import type { Pool } from '@rind/database';
import { hashHex } from '@rind/crypto';
import { grantTargetPath, pageObjectKey, parseSignedGrant, renderProjectPage } from '@rind/index-model';
import type { PageFile } from '@rind/index-model';
import type { ProjectName } from '@rind/kernel';
import type { ObjectStore } from '@rind/storage-port';

/** Does to the tables and the store what the signer does when it closes a publication; signs nothing. */
export class StandInSigner {
  private readonly admin: Pool;
  private readonly store: ObjectStore;

  constructor(admin: Pool, store: ObjectStore) {
    this.admin = admin;
    this.store = store;
  }

  /** Publishes everything that waits; gives the number of the publication. */
  async publish(): Promise<number> {
    const id = await this.open();
    const { rows } = await this.admin.query<{
      id: string;
      envelope: Buffer;
      core: string | null;
      provenance: string | null;
    }>(
      `SELECT id, envelope, core_metadata_sha256 AS core, provenance_sha256 AS provenance FROM signer.outbox WHERE state = 'pending' ORDER BY id`,
    );
    const projects = new Set<ProjectName>();
    for (const { envelope, core, provenance } of rows) {
      const { grant } = parseSignedGrant(new Uint8Array(envelope));
      projects.add(grant.project);
      if (grant.verb !== 'add') continue;
      await this.admin.query(
        `INSERT INTO signer.path (target_path, project, filename, state, length, sha256, sha512, blake2b256,
                                  requires_python, core_metadata_sha256, uploaded_at, last_seq, bin, publication_id,
                                  provenance_sha256)
         VALUES ($1, $2, $3, 'live', $4, $5, $6, $7, $8, $9, $10, $11, 0, $12, $13) ON CONFLICT DO NOTHING`,
        [
          grantTargetPath(grant),
          grant.project,
          grant.filename,
          grant.length,
          grant.digests!.sha256,
          grant.digests!.sha512,
          grant.digests!.blake2b256,
          grant.requiresPython ?? null,
          core,
          grant.uploadedAt,
          grant.seq,
          id,
          provenance,
        ],
      );
    }
    for (const project of projects) await this.putPage(project, id);
    await this.admin.query(
      `UPDATE signer.outbox SET state = 'published', publication_id = $2 WHERE id = ANY($1::bigint[])`,
      [rows.map((row) => row.id), id],
    );
    await this.close(id);
    return id;
  }

  /** Takes everything that waits out of the queue, as the signer does with what it refuses. */
  async setAside(reason: string): Promise<void> {
    await this.admin.query(
      `UPDATE signer.outbox SET state = 'set-aside', reason = $1 WHERE state = 'pending'`,
      [reason],
    );
    await this.tell('');
  }

  async take(): Promise<void> {
    await this.admin.query(`UPDATE signer.outbox SET state = 'taken' WHERE state = 'pending'`);
  }

  async changePath(targetPath: string, state: 'live' | 'deleted' | 'revoked'): Promise<void> {
    await this.admin.query(`UPDATE signer.path SET state = $2 WHERE target_path = $1`, [targetPath, state]);
  }

  async changeProject(project: string, status: string): Promise<void> {
    await this.admin.query(`UPDATE signer.project SET status = $2 WHERE name = $1`, [project, status]);
    const id = await this.open();
    await this.putPage(project as ProjectName, id);
    await this.close(id);
  }

  private async open(): Promise<number> {
    const { rows } = await this.admin.query<{ id: string }>(
      `INSERT INTO signer.publication (fence, kind, state, snapshot_version, timestamp_version)
       VALUES (1, 'changes', 'open', 7, 9) RETURNING id`,
    );
    return Number(rows[0]!.id);
  }

  private async close(id: number): Promise<void> {
    await this.admin.query(
      `UPDATE signer.publication SET state = 'closed', closed_at = now(), duration_ms = 12.5 WHERE id = $1`,
      [id],
    );
    await this.tell(String(id));
  }

  private async tell(payload: string): Promise<void> {
    await this.admin.query(`SELECT pg_notify('rind_published', $1)`, [payload]);
  }

  private async putPage(project: ProjectName, id: number): Promise<void> {
    const { rows } = await this.admin.query<{
      filename: string;
      sha256: string;
      length: string;
      uploaded_at: string;
      requires_python: string | null;
      core: string | null;
      provenance: string | null;
    }>(
      `SELECT filename, sha256, length, uploaded_at, requires_python, core_metadata_sha256 AS core,
              provenance_sha256 AS provenance FROM signer.path WHERE project = $1 AND state = 'live'`,
      [project],
    );
    const known = await this.admin.query<{ status: 'active' }>(
      `SELECT status FROM signer.project WHERE name = $1`,
      [project],
    );
    const files = rows.map((row): PageFile => ({
      filename: row.filename,
      sha256: row.sha256 as PageFile['sha256'],
      size: Number(row.length),
      uploadTime: row.uploaded_at,
      yanked: false,
      ...(row.requires_python === null ? {} : { requiresPython: row.requires_python }),
      ...(row.core === null ? {} : { coreMetadataSha256: row.core }),
      ...(row.provenance === null ? {} : { provenanceSha256: row.provenance }),
    }));
    const page = renderProjectPage({ name: project, status: known.rows[0]?.status ?? 'active', files });
    const sha256 = hashHex('sha256', page);
    await this.store.putNew(pageObjectKey(project, sha256), page);
    await this.admin.query(
      `INSERT INTO signer.project (name, page_sha256, page_length, page_bin, publication_id) VALUES ($1, $2, $3, 0, $4)
       ON CONFLICT (name) DO UPDATE SET page_sha256 = $2, page_length = $3, publication_id = $4`,
      [project, sha256, page.length, id],
    );
  }
}
