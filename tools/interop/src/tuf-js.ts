/** tuf-js reading a repository over and over: see watch-loop.ts. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Updater } from 'tuf-js';
import { runWatch } from './watch-loop.ts';

await runWatch(
  async ({ metadataUrl, targetsUrl, root, cache }) => {
    const targetDir = join(cache, 'targets');
    mkdirSync(targetDir, { recursive: true });
    const trusted = join(cache, 'root.json');
    if (!existsSync(trusted)) writeFileSync(trusted, root);
    const updater = new Updater({
      metadataDir: cache,
      metadataBaseUrl: metadataUrl,
      targetBaseUrl: targetsUrl,
      targetDir,
      config: { fetchRetries: 0 },
    });
    await updater.refresh();
    const { signed } = JSON.parse(readFileSync(join(cache, 'timestamp.json'), 'utf8')) as {
      signed: { version: number };
    };
    const infos = new Map<string, NonNullable<Awaited<ReturnType<Updater['getTargetInfo']>>>>();
    return {
      timestamp: signed.version,
      async lookUp(path) {
        const info = await updater.getTargetInfo(path);
        if (info === undefined) return null;
        infos.set(path, info);
        return info.hashes['sha256'] ?? '';
      },
      async download(path) {
        await updater.downloadTarget(infos.get(path)!);
      },
    };
  },
  (error) => (error instanceof Error ? error.constructor.name : typeof error),
);
