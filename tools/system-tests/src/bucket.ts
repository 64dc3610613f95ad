import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openS3Store } from '@rind/storage-s3';
import type { S3Store } from '@rind/storage-s3';
import { startS3Server } from '@rind/test-s3';
import type { S3Server } from '@rind/test-s3';

const bucketName = 'index';

/** A real S3 server with one bucket, and what an instance is told to find it. */
export class BucketServer {
  readonly server: S3Server;
  /** Where its objects lie. */
  readonly folder: string;

  private constructor(server: S3Server, folder: string) {
    this.server = server;
    this.folder = folder;
  }

  static async start(): Promise<BucketServer> {
    const folder = mkdtempSync(join(tmpdir(), 'rind-bucket-'));
    const server = await startS3Server({ dataDir: folder });
    await server.createBucket(bucketName);
    return new BucketServer(server, folder);
  }

  /** Environment of an instance with `--store s3`. */
  env(prefix = ''): Record<string, string> {
    return {
      RIND_S3_ENDPOINT: this.server.endpoint,
      RIND_S3_BUCKET: bucketName,
      RIND_S3_PREFIX: prefix,
      AWS_REGION: this.server.region,
      ...this.credentials,
    };
  }

  /** The part of it that no data folder remembers. */
  get credentials(): Record<string, string> {
    return {
      AWS_ACCESS_KEY_ID: this.server.accessKeyId,
      AWS_SECRET_ACCESS_KEY: this.server.secretAccessKey,
    };
  }

  /** The store as an outsider opens it; the caller closes it. */
  store(prefix: string): S3Store {
    const { endpoint, region } = this.server;
    return openS3Store({ endpoint, region, bucket: bucketName, prefix, credentials: this.server });
  }

  /** Every object of the bucket by its whole name, past S3. */
  objects(): string[] {
    return readdirSync(this.server.bucketDir(bucketName), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(this.server.bucketDir(bucketName).length + 1))
      .sort();
  }

  /** Ends the server and deletes its objects. */
  async stop(): Promise<void> {
    await this.server.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
