import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Randomness } from '@rind/kernel';
import { startFaultProxy, startS3Server } from '@rind/test-s3';
import type { FaultProxy, S3Server } from '@rind/test-s3';
import { openS3Store } from '../src/index.ts';
import type { S3Retry, S3Store, S3StoreOptions } from '../src/index.ts';

/** A server, a proxy before it, and stores on either, all in one bucket for each test. */
export interface Rig {
  readonly server: S3Server;
  readonly proxy: FaultProxy;
  /** Folder for local files. */
  readonly folder: string;
  /** Begins with an empty bucket and a proxy that does nothing. */
  reset(): Promise<void>;
  options(endpoint: string): S3StoreOptions;
  /** A store whose requests go through the proxy. */
  proxied(options?: Partial<S3StoreOptions>): S3Store;
  /** A store that the proxy has no part in. */
  direct(): S3Store;
  /** What the stores of `proxied` did again since `reset`. */
  readonly retries: readonly S3Retry[];
  stop(): Promise<void>;
}

/** No waiting between tries. */
const atOnce: Randomness = { bytes: (length) => new Uint8Array(length) };

export async function startRig(): Promise<Rig> {
  const folder = await mkdtemp(join(tmpdir(), 'rind-s3-'));
  const server = await startS3Server({ dataDir: join(folder, 'objects') });
  const proxy = await startFaultProxy({ target: server.endpoint });
  const opened: S3Store[] = [];
  const retries: S3Retry[] = [];
  let buckets = 0;
  const open = (options: S3StoreOptions) => {
    const store = openS3Store(options);
    opened.push(store);
    return store;
  };
  const rig: Rig = {
    server,
    proxy,
    folder,
    retries,
    async reset() {
      for (const store of opened.splice(0)) await store.close();
      proxy.clear();
      proxy.random(null);
      retries.length = 0;
      await server.createBucket(`bucket-${++buckets}`);
    },
    options: (endpoint) => ({
      endpoint,
      region: server.region,
      bucket: `bucket-${buckets}`,
      prefix: 'an/index/',
      credentials: server,
    }),
    proxied: (options = {}) =>
      open({
        ...rig.options(proxy.endpoint),
        randomness: atOnce,
        onRetry: (retry) => retries.push(retry),
        ...options,
      }),
    direct: () => open(rig.options(server.endpoint)),
    async stop() {
      for (const store of opened) await store.close();
      await proxy.stop();
      await server.stop();
      await rm(folder, { recursive: true });
    },
  };
  return rig;
}
