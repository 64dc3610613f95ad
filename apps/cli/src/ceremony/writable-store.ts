import { openFsStore } from '@rind/storage-fs';
import type { ObjectStore } from '@rind/storage-port';
import type { LocalInstance } from '../instance.ts';

export interface WritableStore {
  readonly store: ObjectStore;
  close(): Promise<void>;
}

/** The store of the instance on this machine; the keys to a bucket are found as AWS's own tools find them. */
export async function openWritableStore({ store }: LocalInstance): Promise<WritableStore> {
  if (store.kind === 'fs') {
    return { store: openFsStore({ root: store.path }), close: () => Promise.resolve() };
  }
  const { openS3Store } = await import('@rind/storage-s3');
  const { endpoint, bucket, prefix, region = 'us-east-1' } = store;
  const opened = openS3Store({ ...(endpoint === null ? {} : { endpoint }), region, bucket, prefix });
  return { store: opened, close: () => opened.close() };
}
