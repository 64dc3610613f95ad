import type { Checkpoint } from '@rind/kernel';
import { FS_STORE_POINTS, openFsStore } from '@rind/storage-fs';
import type { BucketLocation, ObjectStore, StoreLocation } from '@rind/storage-port';

export interface OpenedStore {
  readonly store: ObjectStore;
  close(): Promise<void>;
}

/** Opens the store that the configuration names. Whoever uses a folder never loads what speaks to S3. */
export async function openStore(location: StoreLocation, checkpoint?: Checkpoint): Promise<OpenedStore> {
  const points = checkpoint === undefined ? {} : { checkpoint };
  switch (location.kind) {
    case 'fs':
      return { store: openFsStore({ root: location.path, ...points }), close: () => Promise.resolve() };
    case 's3': {
      const { openS3Store } = await import('@rind/storage-s3');
      const store = openS3Store({ ...bucketOf(location), ...points });
      return { store, close: () => store.close() };
    }
  }
}

/**
 * What the writer relies on and a server may lack: create-only and compare-and-swap. The directory store brings both.
 * @throws StorageError `store.unfit` saying which promise is broken, `store.unavailable`
 */
export async function proveStore(location: StoreLocation): Promise<void> {
  if (location.kind !== 's3') return;
  const { proveConditionalWrites } = await import('@rind/storage-s3');
  await proveConditionalWrites(bucketOf(location));
}

/** Points within the store at which a test may kill or stop this process. */
export async function storePoints(location: StoreLocation): Promise<readonly string[]> {
  if (location.kind === 'fs') return FS_STORE_POINTS;
  return (await import('@rind/storage-s3')).S3_STORE_POINTS;
}

function bucketOf({ endpoint, region, bucket, prefix }: BucketLocation) {
  return { ...(endpoint === null ? {} : { endpoint }), region, bucket, prefix };
}
