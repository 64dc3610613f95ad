import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import { noCheckpoint } from '@rind/kernel';
import type { Checkpoint } from '@rind/kernel';
import { checkStoreKey } from '@rind/storage-port';
import type {
  ByteRange,
  ObjectBody,
  ObjectStat,
  ObjectStore,
  OpenedObject,
  PutOutcome,
  StoredObject,
  Tag,
} from '@rind/storage-port';
import { address, openBucket } from './bucket.ts';
import type { Bucket } from './bucket.ts';
import { Calls } from './calls.ts';
import { asStorageError, faultOf } from './faults.ts';
import { listObjects } from './listing.ts';
import type { S3StoreOptions } from './options.ts';
import { putNew } from './put-new.ts';
import { openObject, readObject, statObject } from './reading.ts';
import { replaceIf } from './replace-if.ts';

/** An object store in a part of a bucket that any number of processes may have open. */
export interface S3Store extends ObjectStore {
  /** Closes the connections; what is under way fails with `store.unavailable`. */
  close(): Promise<void>;
}

/**
 * Opens the store; nothing is asked of the server yet. What a server must promise for this to be safe is proven by
 * `proveConditionalWrites`, once, when a process starts.
 */
export function openS3Store(options: S3StoreOptions): S3Store {
  return new BucketStore(openBucket(options), new Calls(options), options.checkpoint ?? noCheckpoint);
}

class BucketStore implements S3Store {
  private readonly bucket: Bucket;
  private readonly calls: Calls;
  private readonly checkpoint: Checkpoint;

  constructor(bucket: Bucket, calls: Calls, checkpoint: Checkpoint) {
    this.bucket = bucket;
    this.calls = calls;
    this.checkpoint = checkpoint;
  }

  async putNew(key: string, body: ObjectBody): Promise<PutOutcome> {
    return putNew(this.bucket, this.calls, this.checkpoint, checkStoreKey(key), body);
  }

  async replaceIf(key: string, bytes: Uint8Array, tag: Tag | null): Promise<Tag> {
    return replaceIf(this.bucket, this.calls, this.checkpoint, checkStoreKey(key), bytes, tag);
  }

  async get(key: string, maxBytes: number): Promise<StoredObject | null> {
    checkStoreKey(key);
    return this.calls.run('get', key, () => readObject(this.bucket, key, maxBytes));
  }

  async open(key: string, range?: ByteRange): Promise<OpenedObject | null> {
    checkStoreKey(key);
    const opened = await this.calls.run('open', key, () => openObject(this.bucket, key, range));
    return opened && { ...opened, stream: naming(key, opened.stream) };
  }

  async stat(key: string): Promise<ObjectStat | null> {
    checkStoreKey(key);
    return this.calls.run('stat', key, () => statObject(this.bucket, key));
  }

  list(prefix: string): AsyncIterable<string> {
    return listObjects(this.bucket, this.calls, prefix);
  }

  async delete(key: string): Promise<void> {
    checkStoreKey(key);
    await this.calls.run('delete', key, async () => {
      try {
        await this.bucket.client.send(new DeleteObjectCommand(address(this.bucket, key)));
      } catch (error) {
        if (faultOf(error) !== 'absent') throw error;
      }
    });
  }

  /** Nothing to do: S3 answers a put when the object is durable. */
  async sync(keys: readonly string[]): Promise<void> {
    for (const key of keys) checkStoreKey(key);
    this.checkpoint('store.sync.done');
  }

  async close(): Promise<void> {
    this.calls.close();
    this.bucket.client.destroy();
  }
}

/** Bytes that were handed out cannot be taken back: a stream that breaks is not tried again. */
function naming(key: string, stream: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  return {
    [Symbol.asyncIterator]() {
      const chunks = stream[Symbol.asyncIterator]();
      return {
        async next() {
          try {
            return await chunks.next();
          } catch (error) {
            throw asStorageError(key, error);
          }
        },
        async return() {
          await chunks.return?.();
          return { done: true, value: undefined };
        },
      };
    },
  };
}
