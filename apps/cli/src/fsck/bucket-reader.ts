import type { RepositoryReader } from '@rind/fsck';
import { isRindError } from '@rind/kernel';
import type { ObjectStore } from '@rind/storage-port';

/** Where a bucket is; credentials are AWS's own affair. */
export interface BucketPlace {
  /** A server other than AWS's own. */
  readonly endpoint: string | null;
  readonly region: string;
  readonly bucket: string;
  /** Empty, or ends in `/`. */
  readonly prefix: string;
}

/** A repository in a bucket; `close` ends its connections. */
export async function openBucket(
  place: BucketPlace,
): Promise<{ reader: RepositoryReader; close: () => Promise<void> }> {
  // Most commands never need a client of S3, which takes its time to load.
  const { openS3Store } = await import('@rind/storage-s3');
  const { endpoint, ...rest } = place;
  const store = openS3Store({ ...rest, ...(endpoint === null ? {} : { endpoint }) });
  return { reader: storeReader(store), close: () => store.close() };
}

/** What lies in an object store. A name that the store does not take is a file that is not there. */
export function storeReader(store: Pick<ObjectStore, 'get' | 'open' | 'list'>): RepositoryReader {
  return {
    async get(path, maxBytes) {
      try {
        return (await store.get(path, maxBytes))?.bytes ?? null;
      } catch (error) {
        if (isRindError(error, 'store.too-large')) return 'too-large';
        return absent(error);
      }
    },
    openTarget: (path) => store.open(path).catch(absent),
    list: (prefix) => store.list(prefix),
  };
}

function absent(error: unknown): null {
  if (isRindError(error, 'store.bad-key')) return null;
  throw error;
}
