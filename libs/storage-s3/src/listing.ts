import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { checkStorePrefix, isStoreKey } from '@rind/storage-port';
import type { Bucket } from './bucket.ts';
import type { Calls } from './calls.ts';

const AREAS = ['metadata/', 'targets/'];
const PAGE_KEYS = 1_000;

/**
 * Keys that begin with `prefix`, a page of 1,000 at a time. S3 lists in the order of the keys' UTF-8 bytes,
 * which is that of code points. Each page begins behind the last key of the one before, so that a page that
 * failed can be asked for again at any time.
 */
export async function* listObjects(bucket: Bucket, calls: Calls, prefix: string): AsyncGenerator<string> {
  checkStorePrefix(prefix);
  for (const area of AREAS) {
    if (prefix.startsWith(area)) yield* listPages(bucket, calls, prefix);
    else if (area.startsWith(prefix)) yield* listPages(bucket, calls, area);
  }
}

async function* listPages(bucket: Bucket, calls: Calls, prefix: string): AsyncGenerator<string> {
  for (let after: string | null = ''; after !== null;) {
    const page: Page = await calls.run('list', prefix, () => listPage(bucket, prefix, after!));
    for (const key of page.keys) if (isStoreKey(key)) yield key;
    after = page.next;
  }
}

interface Page {
  readonly keys: readonly string[];
  /** Key behind which the next page begins, or null after the last. */
  readonly next: string | null;
}

async function listPage(bucket: Bucket, prefix: string, after: string): Promise<Page> {
  const { Contents: contents, IsTruncated: more } = await bucket.client.send(
    new ListObjectsV2Command({
      Bucket: bucket.name,
      Prefix: bucket.prefix + prefix,
      MaxKeys: PAGE_KEYS,
      ...(after === '' ? {} : { StartAfter: bucket.prefix + after }),
    }),
  );
  const keys = (contents ?? []).flatMap(({ Key: key }) => (key ? [key.slice(bucket.prefix.length)] : []));
  return { keys, next: more === true ? (keys.at(-1) ?? null) : null };
}
