import { resolve } from 'node:path';
import type { RepositoryReader } from '@rind/fsck';
import { CliError } from '../errors.ts';
import type { LocalInstance } from '../instance.ts';
import { openBucket } from './bucket-reader.ts';
import { openFolder } from './folder-reader.ts';
import { openWebsite } from './web-reader.ts';

/** A repository to audit; `close` when it was. */
export interface Location {
  /** As people name it. */
  readonly name: string;
  readonly reader: RepositoryReader;
  readonly close: () => Promise<void>;
}

/** What the environment says of buckets. */
export interface BucketEnvironment {
  readonly endpoint: string | null;
  readonly region: string | null;
}

export function bucketEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): BucketEnvironment {
  const read = (name: string): string | null => environment[name]?.trim() || null;
  return { endpoint: read('RIND_S3_ENDPOINT'), region: read('AWS_REGION') ?? read('AWS_DEFAULT_REGION') };
}

/** A region has to be named in a request, even where the server has none. */
const anyRegion = 'us-east-1';

/**
 * Opens what holds `metadata/` and `targets/`: a folder, `http(s)://…`, or `s3://bucket/prefix`.
 * @throws CliError `usage.invalid`, `file.not-found`
 */
export async function openLocation(text: string, environment: BucketEnvironment): Promise<Location> {
  if (/^https?:\/\//.test(text)) {
    if (!URL.canParse(text)) throw unusable(text);
    return { name: text, reader: openWebsite(text), close: async () => {} };
  }
  if (text.startsWith('s3://')) {
    const [, bucket, prefix = ''] = /^s3:\/\/([a-z0-9.-]{3,63})(?:\/(.*))?$/.exec(text) ?? [];
    if (bucket === undefined) throw unusable(text);
    const { endpoint, region } = environment;
    const place = { endpoint, region: region ?? anyRegion, bucket, prefix: withSlash(prefix) };
    return { name: text, ...(await openBucket(place)) };
  }
  if (/^[a-z][a-z0-9+]+:\/\//.test(text)) throw unusable(text);
  const folder = resolve(text);
  return { name: folder, reader: await openFolder(folder), close: async () => {} };
}

/** The store of the instance on this machine. */
export async function openInstanceStore(
  { store }: LocalInstance,
  environment: BucketEnvironment,
): Promise<Location> {
  if (store.kind === 'fs') return openLocation(store.path, environment);
  const { bucket, endpoint } = store;
  const prefix = withSlash(store.prefix);
  const region = store.region ?? environment.region ?? anyRegion;
  return { name: `s3://${bucket}/${prefix}`, ...(await openBucket({ bucket, endpoint, prefix, region })) };
}

function withSlash(prefix: string): string {
  return prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`;
}

function unusable(text: string): CliError {
  const message = `${text} is neither a folder nor an address like https://… or s3://bucket/prefix`;
  return new CliError('usage.invalid', message, { argument: 'location' });
}
