import { existsSync } from 'node:fs';
import type { BinEncoding } from '@rind/repository';
import type { BucketLocation, StoreLocation } from '@rind/storage-port';
import { readJsonFile, writeFileAtomic } from './atomic-file.ts';
import type { DataDir } from './data-dir.ts';
import { SupervisorError } from './errors.ts';
import type { StartOptions } from './options.ts';

/** Fixed by the first ceremony. */
export interface InstanceSettings {
  readonly repository: string;
  readonly bins: number;
  readonly binEncoding: BinEncoding;
  readonly store: StoreLocation;
}

/** As written down: a folder is always the data folder's own, and folders of old say nothing of their store. */
interface SettingsFile extends Omit<InstanceSettings, 'store'> {
  readonly store?: { readonly kind: 'fs' } | BucketLocation;
}

const defaultBins = 16_384;

/**
 * The settings of the data folder, or those of a first start, which are not kept yet; options that contradict them are
 * refused, never obeyed halfway.
 * @throws SupervisorError `data.contradicts`
 */
export function decideSettings(
  data: DataDir,
  options: StartOptions,
  newName: () => string,
): InstanceSettings {
  const existing = readJsonFile<SettingsFile>(data.settingsFile);
  if (existing !== null) {
    refuseContradiction('bins', options.bins, existing.bins);
    refuseContradiction('bin-encoding', options.binEncoding, existing.binEncoding);
    return { ...existing, store: existingStore(data, existing.store ?? { kind: 'fs' }, options) };
  }
  return {
    repository: newName(),
    bins: options.bins ?? defaultBins,
    binEncoding: options.binEncoding ?? 'succinct',
    store: options.store === 's3' ? newBucket(options) : located(data, { kind: 'fs' }),
  };
}

/** From here on the data folder has them. What a first start is refused for must come before. */
export function keepSettings(data: DataDir, settings: InstanceSettings): void {
  if (existsSync(data.settingsFile)) return;
  const { store } = settings;
  const file: SettingsFile = { ...settings, store: store.kind === 'fs' ? { kind: 'fs' } : store };
  writeFileAtomic(data.settingsFile, `${JSON.stringify(file, null, 2)}\n`);
}

/** The store of the first start. Only the address of its server may have changed since. */
function existingStore(
  data: DataDir,
  store: NonNullable<SettingsFile['store']>,
  { store: kind, bucket: given }: StartOptions,
): StoreLocation {
  refuseContradiction('store', kind, store.kind);
  if (store.kind === 'fs') return located(data, store);
  refuseContradiction('store', given.bucket, store.bucket, 'RIND_S3_BUCKET');
  refuseContradiction('store', given.prefix, store.prefix, 'RIND_S3_PREFIX');
  return { ...store, endpoint: given.endpoint ?? store.endpoint, region: given.region ?? store.region };
}

function newBucket({ bucket: { endpoint, region, bucket, prefix } }: StartOptions): BucketLocation {
  return { kind: 's3', endpoint, region: region!, bucket: bucket!, prefix: prefix! };
}

function located(data: DataDir, store: NonNullable<SettingsFile['store']>): StoreLocation {
  return store.kind === 'fs' ? { kind: 'fs', path: data.store } : store;
}

function refuseContradiction(
  option: string,
  given: string | number | null,
  existing: string | number,
  name = `--${option}`,
): void {
  if (given === null || given === existing) return;
  throw new SupervisorError(
    'data.contradicts',
    `${name} ${given} contradicts the data folder, which has ${existing}: start with another --data, or --reset`,
    { option, given: String(given), existing: String(existing) },
  );
}
