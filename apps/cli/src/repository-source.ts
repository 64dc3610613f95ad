import { join, resolve } from 'node:path';
import { IndexClient, Updater } from '@rind/client';
import { FileMetadataStore, HttpFetcher } from '@rind/client-node';
import { CliError } from './errors.ts';
import type { LocalInstance } from './instance.ts';
import type { Invocation } from './invocation.ts';
import { readLocalFile } from './local-file.ts';

/** Options by which `get` and `verify` reach another repository; without them, the instance's own. */
export interface SourceOptions {
  /** A remote Rind index: short for its two addresses. */
  readonly url?: string;
  readonly metadataUrl?: string;
  readonly targetBaseUrl?: string;
  readonly root?: string;
  readonly dir?: string;
}

/** Where a repository is, and from which root on it is trusted. */
export interface Source {
  readonly metadataUrl: string;
  readonly targetsUrl: string;
  /** The index's own API, for what is not signed yet; null where only a TUF repository is known. */
  readonly apiUrl: string | null;
  readonly root: Uint8Array;
  /** Folder of the metadata that is trusted. */
  readonly cache: string;
}

/** @throws CliError `usage.invalid`, `instance.not-found` */
export function sourceOf(options: SourceOptions, instance: () => LocalInstance): Source {
  const { url, metadataUrl, targetBaseUrl, root, dir } = options;
  if (url === undefined && metadataUrl === undefined && targetBaseUrl === undefined && root === undefined) {
    const local = instance();
    return {
      metadataUrl: local.metadata,
      targetsUrl: local.targets,
      apiUrl: local.url,
      root: readLocalFile(local.root),
      cache: resolve(dir ?? join(local.dataDir, 'cache', 'client')),
    };
  }
  const addresses =
    url === undefined ? { metadataUrl, targetsUrl: targetBaseUrl } : addressesOf(url, options);
  if (
    addresses.metadataUrl === undefined ||
    addresses.targetsUrl === undefined ||
    root === undefined ||
    dir === undefined
  ) {
    const message = '--metadata-url and --target-base-url (or --url), --root and --dir belong together';
    throw new CliError('usage.invalid', message, { argument: url === undefined ? 'metadata-url' : 'url' });
  }
  return {
    metadataUrl: addresses.metadataUrl,
    targetsUrl: addresses.targetsUrl,
    apiUrl: url === undefined ? null : withoutSlash(url),
    root: readLocalFile(root),
    cache: resolve(dir),
  };
}

function addressesOf(url: string, { metadataUrl, targetBaseUrl }: SourceOptions) {
  if (metadataUrl !== undefined || targetBaseUrl !== undefined) {
    throw new CliError('usage.invalid', '--url stands for --metadata-url and --target-base-url', {
      argument: 'url',
    });
  }
  const base = withoutSlash(url);
  return { metadataUrl: `${base}/metadata/`, targetsUrl: `${base}/targets/` };
}

/** A base address as the instance's own is written. */
export function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}

/** A client of the repository, its trust starting at a root that lies on this machine. */
export function openUpdater(source: Source, clock: Invocation['clock']): Updater {
  return new Updater({
    fetcher: new HttpFetcher(),
    store: new FileMetadataStore(source.cache),
    clock,
    metadataUrl: source.metadataUrl,
    targetsUrl: source.targetsUrl,
    bootstrapRoot: source.root,
  });
}

/** The same for a repository that is a Rind index: projects and their files. */
export function openIndex(source: Source, clock: Invocation['clock']): IndexClient {
  return new IndexClient({ updater: openUpdater(source, clock), fetcher: new HttpFetcher() });
}
