import { readFile } from 'node:fs/promises';
import { join, normalize } from 'node:path';
import { sendBytes, serveLocally } from '@rind/interop';
import type { LocalServer } from '@rind/interop';

/** What everybody may read of a store: `metadata/…` and `targets/…`. */
export interface PublishedStore {
  /** The object's bytes, or null when there is none. */
  read(key: string): Promise<Uint8Array | null>;
}

const publicFolders = ['metadata/', 'targets/'];
const notThere = ['ENOENT', 'ENOTDIR', 'EISDIR'];

/** The files of a directory store as they lie on the disk: nothing of an instance is asked. */
export function directoryStore(folder: string): PublishedStore {
  return {
    async read(key) {
      try {
        return await readFile(join(folder, key));
      } catch (error) {
        if (notThere.includes((error as NodeJS.ErrnoException).code ?? '')) return null;
        throw error;
      }
    },
  };
}

/** Another store in which some objects have other bytes, or are missing (null). */
export function changedStore(
  store: PublishedStore,
  changes: ReadonlyMap<string, Uint8Array | null>,
): PublishedStore {
  return {
    async read(key) {
      const change = changes.get(key);
      return change === undefined ? store.read(key) : change;
    },
  };
}

/** Serves it as a plain web server would. */
export function servePublished(store: PublishedStore): Promise<LocalServer> {
  return serveLocally((request, response) => {
    const key = normalize(decodeURIComponent(request.url ?? '/')).slice(1);
    const isPublic = publicFolders.some((folder) => key.startsWith(folder));
    (isPublic ? store.read(key) : Promise.resolve(null)).then(
      (bytes) => sendBytes(response, bytes === null ? 404 : 200, bytes ?? new Uint8Array()),
      () => sendBytes(response, 500, new Uint8Array()),
    );
  });
}
