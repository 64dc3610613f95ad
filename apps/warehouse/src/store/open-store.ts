import type { Randomness } from '@rind/kernel';
import { openFsStore } from '@rind/storage-fs';
import type { ObjectStore, StoreLocation } from '@rind/storage-port';

export interface OpenedStore {
  readonly store: ObjectStore;
  close(): Promise<void>;
}

/**
 * Opens the store that the configuration names. That a server keeps its conditions is proven by the signer, which
 * stands on them: what is put here is named by its hash, the same bytes whoever comes second.
 */
export async function openStore(location: StoreLocation, randomness: Randomness): Promise<OpenedStore> {
  switch (location.kind) {
    case 'fs':
      return {
        store: openFsStore({ root: location.path, randomness }),
        close: () => Promise.resolve(),
      };
    case 's3': {
      // Whoever uses a folder never loads what speaks to S3.
      const { openS3Store } = await import('@rind/storage-s3');
      const { endpoint, region, bucket, prefix } = location;
      const store = openS3Store({ ...(endpoint === null ? {} : { endpoint }), region, bucket, prefix });
      return { store, close: () => store.close() };
    }
  }
}
