import { join } from 'node:path';
import { openS3Store } from '@rind/storage-s3';
import { startS3Server } from '@rind/test-s3';
import { directoryStore } from './published-store.ts';
import type { PublishedStore } from './published-store.ts';
import type { Environment } from './subject.ts';

export const storeKinds = ['fs', 's3'] as const;
export type StoreKind = (typeof storeKinds)[number];

/** Where an instance publishes, and how its files are read without asking the instance. */
export interface StoreSetting {
  readonly kind: StoreKind;
  /** Arguments and variables for the instance. */
  readonly args: readonly string[];
  readonly env: Environment;
  readonly published: PublishedStore;
  /** Between two looks at the timestamp. */
  readonly lookPauseMs: number;
  /** After the instance was stopped. */
  close(): Promise<void>;
}

const bucket = 'crash';
const prefix = 'index/';
/** Larger than anything that a run publishes. */
const maxBytes = 50_000_000;

/** @param folder for what the store itself needs, if it is not in the instance's own data folder */
export function openSetting(kind: StoreKind, folder: string, dataDir: string): Promise<StoreSetting> {
  return kind === 'fs' ? Promise.resolve(directorySetting(dataDir)) : bucketSetting(folder);
}

function directorySetting(dataDir: string): StoreSetting {
  return {
    kind: 'fs',
    args: [],
    env: {},
    published: directoryStore(join(dataDir, 'store')),
    lookPauseMs: 3,
    close: async () => {},
  };
}

/** A bucket of a real server that nobody kills: what is proven is what happens to the instance. */
async function bucketSetting(folder: string): Promise<StoreSetting> {
  const server = await startS3Server({ dataDir: join(folder, 's3') });
  await server.createBucket(bucket);
  const { endpoint, region, accessKeyId, secretAccessKey } = server;
  const credentials = { accessKeyId, secretAccessKey };
  const store = openS3Store({ endpoint, region, bucket, prefix, credentials });
  return {
    kind: 's3',
    args: ['--store', 's3'],
    env: {
      RIND_S3_ENDPOINT: endpoint,
      RIND_S3_BUCKET: bucket,
      RIND_S3_PREFIX: prefix,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
    },
    published: { read: async (key) => (await store.get(key, maxBytes))?.bytes ?? null },
    lookPauseMs: 20,
    async close() {
      await store.close();
      await server.stop();
    },
  };
}
