import type { RenderedPage } from '@rind/repository';
import type { ObjectStore } from '@rind/storage-port';

/** Stores rendered pages under their hashes; answers their keys. */
export async function writePages(store: ObjectStore, pages: readonly RenderedPage[]): Promise<string[]> {
  return Promise.all(
    pages.map(async ({ project, sha256, bytes }) => {
      const key = `targets/simple/${project}/${sha256}.index.json`;
      await store.putNew(key, bytes);
      return key;
    }),
  );
}
