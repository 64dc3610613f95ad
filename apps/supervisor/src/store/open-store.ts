import { openFsStore } from '@rind/storage-fs';
import type { BucketLocation, ObjectStore, StoreLocation } from '@rind/storage-port';

export interface OpenedStore {
  readonly store: ObjectStore;
  close(): Promise<void>;
}

/** Opens the store of the instance. Whoever uses a folder never loads what speaks to S3. */
export async function openStore(location: StoreLocation): Promise<OpenedStore> {
  switch (location.kind) {
    case 'fs':
      return { store: openFsStore({ root: location.path }), close: () => Promise.resolve() };
    case 's3': {
      const { openS3Store } = await import('@rind/storage-s3');
      const store = openS3Store(bucketOf(location));
      return { store, close: () => store.close() };
    }
  }
}

/**
 * What the signer relies on and a server may lack: create-only and compare-and-swap. The directory store brings both.
 * @throws StorageError `store.unfit` saying which promise is broken, `store.refused`, `store.unavailable`
 */
export async function proveStore(location: StoreLocation): Promise<void> {
  if (location.kind !== 's3') return;
  const { proveConditionalWrites } = await import('@rind/storage-s3');
  await proveConditionalWrites(bucketOf(location));
}

function bucketOf({ endpoint, region, bucket, prefix }: BucketLocation) {
  return { ...(endpoint === null ? {} : { endpoint }), region, bucket, prefix };
}
