import { pageObjectKey } from '@rind/index-model';
import { isRindError } from '@rind/kernel';
import type { ProjectName } from '@rind/kernel';
import type { RenderedPage } from '@rind/repository';
import type { ObjectStore } from '@rind/storage-port';
import { SignerError } from '../errors.ts';

/** Stores rendered pages under their hashes; answers their keys. Throws `page.corrupt`. */
export async function writePages(store: ObjectStore, pages: readonly RenderedPage[]): Promise<string[]> {
  return Promise.all(
    pages.map(async ({ project, sha256, bytes }) => {
      const key = pageObjectKey(project as ProjectName, sha256);
      await putPage(store, key, bytes);
      return key;
    }),
  );
}

/** The key is the hash of the bytes: other bytes there are not somebody else's page, but damage. */
async function putPage(store: ObjectStore, key: string, bytes: Uint8Array): Promise<void> {
  try {
    await store.putNew(key, bytes);
  } catch (error) {
    if (!isRindError(error, 'store.conflict')) throw error;
    throw new SignerError('page.corrupt', `${key} holds other bytes`, { key }, { cause: error });
  }
}
