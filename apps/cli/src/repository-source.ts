import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { IndexClient, Updater } from '@rind/client';
import { FileMetadataStore, HttpFetcher } from '@rind/client-node';
import { systemClock } from '@rind/kernel';
import { CliError } from './errors.ts';
import type { LocalInstance } from './instance.ts';

/** Options by which `get` and `verify` reach any repository; without them, the instance's own. */
export interface SourceOptions {
  readonly metadataUrl?: string;
  readonly targetBaseUrl?: string;
  readonly root?: string;
  readonly dir?: string;
}

/** A client of the repository, its trust starting at a root that lies on this machine. */
export function openUpdater(options: SourceOptions, instance: () => LocalInstance): Updater {
  const source = sourceOf(options, instance);
  return new Updater({
    fetcher: new HttpFetcher(),
    store: new FileMetadataStore(source.cache),
    clock: systemClock(),
    metadataUrl: source.metadataUrl,
    targetsUrl: source.targetsUrl,
    bootstrapRoot: source.root,
  });
}

/** The same for a repository that is a Rind index: projects and their files. */
export function openIndex(options: SourceOptions, instance: () => LocalInstance): IndexClient {
  return new IndexClient({ updater: openUpdater(options, instance), fetcher: new HttpFetcher() });
}

interface Source {
  readonly metadataUrl: string;
  readonly targetsUrl: string;
  readonly root: Uint8Array;
  readonly cache: string;
}

function sourceOf(options: SourceOptions, instance: () => LocalInstance): Source {
  const { metadataUrl, targetBaseUrl, root, dir } = options;
  if (metadataUrl === undefined && targetBaseUrl === undefined && root === undefined) {
    const local = instance();
    return {
      metadataUrl: local.metadata,
      targetsUrl: local.targets,
      root: readFileSync(local.root),
      cache: resolve(dir ?? join(local.dataDir, 'cache', 'client')),
    };
  }
  if (metadataUrl === undefined || targetBaseUrl === undefined || root === undefined || dir === undefined) {
    throw new CliError(
      'usage.invalid',
      '--metadata-url, --target-base-url, --root and --dir belong together',
      { argument: 'metadata-url' },
    );
  }
  return { metadataUrl, targetsUrl: targetBaseUrl, root: readFileSync(root), cache: resolve(dir) };
}
