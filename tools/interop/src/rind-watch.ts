/** The client of this project reading a repository over and over: see watch-loop.ts. */
import { Updater } from '@rind/client';
import { FileMetadataStore, HttpFetcher } from '@rind/client-node';
import { RindError, systemClock } from '@rind/kernel';
import { runWatch } from './watch-loop.ts';

await runWatch(
  async ({ metadataUrl, targetsUrl, root, cache }) => {
    const updater = new Updater({
      fetcher: new HttpFetcher({ retry: { retries: 0 } }),
      store: new FileMetadataStore(cache),
      clock: systemClock(),
      metadataUrl,
      targetsUrl,
      bootstrapRoot: root,
    });
    await updater.refresh();
    return {
      timestamp: updater.trusted!.timestamp!.signed.version,
      async lookUp(path) {
        const target = await updater.findTarget(path);
        return target === null ? null : (target.hashes.get('sha256') ?? '');
      },
      async download(path) {
        await updater.download(path);
      },
    };
  },
  (error) => (error instanceof RindError ? error.code : error instanceof Error ? error.name : typeof error),
);
