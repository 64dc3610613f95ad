import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { IndexClient, Updater } from '@rind/client';
import { FileMetadataStore, HttpFetcher } from '@rind/client-node';
import { systemClock, systemRandomness } from '@rind/kernel';
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
export function openRepository(options: SourceOptions, instance: () => LocalInstance): IndexClient {
  const source = sourceOf(options, instance);
  const clock = systemClock();
  const fetcher = new HttpFetcher({ clock, randomness: systemRandomness });
  return new IndexClient(
    new Updater({
      fetcher,
      store: new FileMetadataStore(source.cache),
      clock,
      metadataUrl: withSlash(source.metadataUrl),
      targetsUrl: withSlash(source.targetsUrl),
      bootstrapRoot: source.root,
    }),
  );
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

function withSlash(url: string): string {
  return url.endsWith('/') ? url : `${url}/`;
}
