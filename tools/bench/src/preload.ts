import { linkSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashHex } from '@rind/crypto';
import { openPool } from '@rind/database';
import type { Pool } from '@rind/database';
import { grantMessage, packageTargetPath, serializeSignedGrant, uploadTime } from '@rind/index-model';
import type { Grant } from '@rind/index-model';
import { monotonicMs, systemClock, systemRandomness, utf8, uuidV4 } from '@rind/kernel';
import type { ProjectName } from '@rind/kernel';
import { openKeyFileSync } from '@rind/signers-file';
import type { SyncSigner } from '@rind/signers-file';
import type { RunningInstance } from '@rind/system-tests';

/**
 * Puts genuine grants straight into the outbox, as fast as the signer can take them: what is measured is the
 * publish path, not the upload. All files have the same bytes, linked under every name.
 */
export class Preloader {
  private readonly instance: RunningInstance;
  private readonly pool: Pool;
  private readonly signer: SyncSigner;
  private readonly bytes = utf8('the bytes of every file of this benchmark');
  private blob = '';
  private links = 0;
  private seq: number;

  constructor(instance: RunningInstance) {
    this.instance = instance;
    this.pool = openPool(instance.file.db.warehouse, { max: 2, name: 'bench' });
    const keys = join(instance.dataDir, 'keys');
    this.signer = openKeyFileSync({
      path: join(keys, 'auth', 'grant.pem'),
      passphrase: readFileSync(join(keys, 'passphrase'), 'utf8').trim(),
    });
    this.seq = systemClock().nowMs() * 1000;
  }

  /** Adds files in one transaction; resolves when the signer closed the publications that contain them. */
  async add(files: readonly { project: string; version: string }[]): Promise<void> {
    const rows = files.map((file) => this.row(file.project, file.version));
    const before = await this.pending();
    await this.pool.query(
      `INSERT INTO signer.outbox (upload_id, target_path, envelope) SELECT * FROM unnest($1::uuid[], $2::text[], $3::bytea[])`,
      [
        rows.map((row) => row.uploadId),
        rows.map((row) => row.path),
        rows.map((row) => Buffer.from(row.envelope)),
      ],
    );
    await this.pool.query('NOTIFY rind_outbox');
    await this.settled(before);
  }

  /** Durations of the last `count` publications of changes, from batch taken to timestamp written. */
  async durations(count: number): Promise<number[]> {
    const { rows } = await this.pool.query<{ duration_ms: number }>(
      `SELECT duration_ms FROM signer.publication WHERE state = 'closed' AND kind = 'changes' ORDER BY id DESC LIMIT $1`,
      [count],
    );
    return rows.map((row) => row.duration_ms).reverse();
  }

  close(): Promise<void> {
    return this.pool.close();
  }

  private row(project: string, version: string): { uploadId: string; path: string; envelope: Uint8Array } {
    const filename = `${project.replaceAll('-', '_')}-${version}.tar.gz`;
    const sha256 = hashHex('sha256', this.bytes);
    this.link(project, `${sha256}.${filename}`);
    const nowMs = systemClock().nowMs();
    const grant: Grant = {
      v: 1,
      repository: this.instance.file.repository,
      id: uuidV4(systemRandomness),
      seq: ++this.seq,
      verb: 'add',
      project: project as ProjectName,
      filename,
      digests: {
        sha256,
        sha512: hashHex('sha512', this.bytes),
        blake2b256: hashHex('blake2b-256', this.bytes),
      } as NonNullable<Grant['digests']>,
      length: this.bytes.length,
      uploadedAt: uploadTime(nowMs),
      actor: 'bench',
      how: 'bench',
      iat: Math.floor(nowMs / 1000),
      exp: Math.floor(nowMs / 1000) + 86_400,
    };
    const { keyid, sig } = this.signer.signSync(grantMessage(grant));
    return {
      uploadId: uuidV4(systemRandomness),
      path: packageTargetPath(project as ProjectName, filename),
      envelope: serializeSignedGrant({ grant, keyid, sig }),
    };
  }

  private link(project: string, name: string): void {
    const folder = join(this.instance.file.store.path, 'targets', 'packages', project);
    mkdirSync(folder, { recursive: true });
    // File systems bound the names of one file: ext4 at 65,000.
    if (this.links % 30_000 === 0) {
      this.blob = join(this.instance.dataDir, `bench-blob-${uuidV4(systemRandomness)}`);
      writeFileSync(this.blob, this.bytes);
    }
    this.links++;
    linkSync(this.blob, join(folder, name));
  }

  private async pending(): Promise<number> {
    const { rows } = await this.pool.query<{ n: string }>(
      `SELECT count(*) AS n FROM signer.outbox WHERE state IN ('pending', 'taken')`,
    );
    return Number(rows[0]!.n);
  }

  private async settled(before: number): Promise<void> {
    const end = monotonicMs() + 600_000;
    while ((await this.pending()) > before) {
      if (monotonicMs() > end) throw new Error('the signer does not settle the preloaded files');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
