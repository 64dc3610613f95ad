import { readFile } from 'node:fs/promises';
import { join, normalize } from 'node:path';
import { sendBytes, serveLocally } from './local-server.ts';
import type { LocalServer } from './local-server.ts';

/** The folders of a store that everybody may read. */
const publicFolders = ['metadata/', 'targets/'];

/**
 * Serves a store's files as they lie on the disk, as a plain web server would: nothing of the instance is between
 * them and the client.
 * @param folder holds `metadata` and `targets`
 */
export function serveStore(folder: string): Promise<LocalServer> {
  return serveLocally((request, response) => {
    const path = normalize(decodeURIComponent(request.url ?? '/')).slice(1);
    const read = publicFolders.some((prefix) => path.startsWith(prefix))
      ? readFile(join(folder, path))
      : Promise.reject(new Error(`not public: ${path}`));
    read.then(
      (bytes) => sendBytes(response, 200, bytes),
      (error: NodeJS.ErrnoException) => {
        const missing = error.code === undefined || ['ENOENT', 'ENOTDIR', 'EISDIR'].includes(error.code);
        sendBytes(response, missing ? 404 : 500, new Uint8Array());
      },
    );
  });
}
