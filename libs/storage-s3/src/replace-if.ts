/**
 * The compare-and-swap, by `If-Match`. What is known, in this order:
 *
 * 1. The server replaces an object only if its entity tag is the one named, atomically (proven at boot:
 *    `conditional-writes.ts`). So a request that was thought lost and arrives late cannot make the object go back.
 * 2. An answer may be lost after the server did the work. The same request made again is then refused, by our own
 *    earlier work. So a refusal is never believed: the object is read, and if it holds our bytes the swap is won.
 *    Callers never write the same bytes twice, so nobody else's can be taken for ours.
 * 3. If it holds neither our bytes nor the state we wanted to replace, somebody else was faster or replaced ours
 *    since: the tag is not the newest, `store.precondition-failed`, and no request of ours can take effect any more.
 * 4. If the tries end before that is settled, the object is read once more; if it is still the old one, or cannot be
 *    read, a request may yet arrive: `store.unavailable`, and the caller settles it by reading later.
 */
import { equalBytes, isRindError } from '@rind/kernel';
import type { Checkpoint } from '@rind/kernel';
import { StorageError } from '@rind/storage-port';
import type { Tag } from '@rind/storage-port';
import type { Bucket } from './bucket.ts';
import type { Calls } from './calls.ts';
import { BrokenAnswer, faultOf } from './faults.ts';
import { readState } from './reading.ts';
import { describeUpload, putObject } from './upload.ts';
import type { WriteCondition } from './upload.ts';

/** An entity tag as S3 gives it. In particular not `*`, which every state matches. */
const ENTITY_TAG = /^"[\x21\x23-\x7e]+"$/;

export async function replaceIf(
  bucket: Bucket,
  calls: Calls,
  checkpoint: Checkpoint,
  key: string,
  bytes: Uint8Array,
  tag: Tag | null,
): Promise<Tag> {
  if (tag !== null && !ENTITY_TAG.test(tag)) throw lost(key);
  const condition: WriteCondition = tag === null ? { IfNoneMatch: '*' } : { IfMatch: tag };
  const upload = describeUpload(key, bytes);
  let open = false;
  try {
    return await calls.run('replaceIf', key, async () => {
      checkpoint('store.replace.sending');
      try {
        const written = await putObject(bucket, upload, condition);
        if (!ENTITY_TAG.test(written)) throw new BrokenAnswer('no entity tag');
        checkpoint('store.replace.stored');
        return written as Tag;
      } catch (error) {
        const fault = faultOf(error);
        // `absent`: what a condition on an entity tag meets where no object is.
        const notMet = fault === 'unmet' || fault === 'absent';
        open ||= notMet || fault === 'passing';
        if (!notMet) throw error;
        const settled = await readSwap(bucket, key, bytes, tag);
        if (settled !== null) return settled;
        throw new BrokenAnswer('refused for the state that is there', { cause: error });
      }
    });
  } catch (error) {
    if (!open || isRindError(error, 'store.precondition-failed')) throw error;
    return settle(bucket, calls, { key, bytes, tag }, error);
  }
}

/** The tag of the state if it is ours; null if it is still the old one. Anything else: `store.precondition-failed`. */
async function readSwap(
  bucket: Bucket,
  key: string,
  bytes: Uint8Array,
  tag: Tag | null,
): Promise<Tag | null> {
  const state = await readState(bucket, key, bytes.length);
  if (state?.bytes && equalBytes(state.bytes, bytes)) return state.tag;
  if ((state?.tag ?? null) !== tag) throw lost(key);
  return null;
}

/** What became of a swap that no try settled. Nothing but a loss is certain to stay as it is. */
async function settle(
  bucket: Bucket,
  calls: Calls,
  swap: { key: string; bytes: Uint8Array; tag: Tag | null },
  cause: unknown,
): Promise<Tag> {
  const { key, bytes, tag } = swap;
  const settled = await calls
    .once(key, () => readSwap(bucket, key, bytes, tag))
    .catch((error: unknown) => {
      if (isRindError(error, 'store.precondition-failed')) throw error;
      return null;
    });
  if (settled !== null) return settled;
  throw new StorageError('store.unavailable', 'whether the object was replaced is open', { key }, { cause });
}

function lost(key: string): StorageError {
  return new StorageError('store.precondition-failed', 'the object was replaced meanwhile', { key });
}
