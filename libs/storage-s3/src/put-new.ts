import type { Checkpoint } from '@rind/kernel';
import { toHex } from '@rind/kernel';
import { StorageError } from '@rind/storage-port';
import type { ObjectBody, PutOutcome } from '@rind/storage-port';
import type { Bucket } from './bucket.ts';
import type { Calls } from './calls.ts';
import { BrokenAnswer, faultOf } from './faults.ts';
import { statObject } from './reading.ts';
import { describeUpload, putObject } from './upload.ts';
import type { Upload } from './upload.ts';

/** From here on it is cheaper to ask whether the object is there than to send it for nothing. */
const LOOK_FIRST_BYTES = 1 << 20;

/**
 * Creates an object by `If-None-Match: *`. Making the call again is always right: either it creates the object,
 * or the condition does not hold and the object is read back. `created` is said only by a try that the store
 * answered; when an answer was lost, what that try stored counts as `identical`.
 */
export async function putNew(
  bucket: Bucket,
  calls: Calls,
  checkpoint: Checkpoint,
  key: string,
  body: ObjectBody,
): Promise<PutOutcome> {
  const upload = describeUpload(key, body);
  return calls.run('putNew', key, async () => {
    if (upload.length >= LOOK_FIRST_BYTES && (await isThere(bucket, upload))) return 'identical';
    checkpoint('store.put.sending');
    try {
      await putObject(bucket, upload, { IfNoneMatch: '*' });
    } catch (error) {
      if (faultOf(error) !== 'unmet') throw error;
      if (await isThere(bucket, upload)) return 'identical';
      throw new BrokenAnswer('refused for an object that is not there', { cause: error });
    }
    checkpoint('store.put.stored');
    return 'created';
  });
}

/** True when the very same bytes are stored, false when nothing is. Other bytes: `store.conflict`. */
async function isThere(bucket: Bucket, { key, length, sha256 }: Upload): Promise<boolean> {
  const found = await statObject(bucket, key);
  if (found === null) return false;
  if (found.length === length && found.sha256 === toHex(sha256)) return true;
  throw new StorageError('store.conflict', 'other bytes are stored under this key', { key });
}
