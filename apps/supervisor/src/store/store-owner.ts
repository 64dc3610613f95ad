import { existsSync, readFileSync } from 'node:fs';
import { isRindError } from '@rind/kernel';
import { parseRoot } from '@rind/metadata';
import type { Root } from '@rind/metadata';
import { maxRootBytes, metadataKey } from '@rind/repository';
import { describeLocation } from '@rind/storage-port';
import type { ObjectStore, StoreLocation } from '@rind/storage-port';
import type { DataDir } from '../instance/data-dir.ts';
import { SupervisorError } from '../instance/errors.ts';
import { openStore, proveStore } from './open-store.ts';

const firstRoot = metadataKey('root', 1);

/**
 * Before the first ceremony: the store holds no metadata, or what an interrupted ceremony with these very root keys
 * left. Answers that root.
 * @throws SupervisorError `store.foreign`; StorageError
 */
export async function checkVacant(
  store: ObjectStore,
  location: StoreLocation,
  rootKeyIds: readonly string[],
): Promise<Root | null> {
  const stored = await store.get(firstRoot, maxRootBytes);
  if (stored === null) {
    await refuseMetadata(store, location);
    return null;
  }
  const root = parsed(stored.bytes);
  const keyIds: readonly string[] = root?.roles.root.keyIds ?? [];
  if (
    root === null ||
    keyIds.length !== rootKeyIds.length ||
    !rootKeyIds.every((id) => keyIds.includes(id))
  ) {
    throw foreign(location, 'another repository');
  }
  return root;
}

/**
 * Before anything starts: a bucket keeps the conditions of writes, and holds the very root of this data folder, or
 * nothing where the data folder is new. Addresses can be moved; the repository behind them must stay. A folder is our
 * own.
 * @throws SupervisorError `store.foreign`; StorageError `store.unfit`, `store.refused`, `store.unavailable`
 */
export async function checkStore(location: StoreLocation, data: DataDir): Promise<void> {
  if (location.kind === 'fs') return;
  await proveStore(location);
  const { store, close } = await openStore(location);
  try {
    if (!existsSync(data.settingsFile)) await refuseMetadata(store, location);
    else if (existsSync(data.rootFile(location))) await refuseOther(store, location, data);
  } finally {
    await close();
  }
}

async function refuseMetadata(store: ObjectStore, location: StoreLocation): Promise<void> {
  const { done } = await store.list('metadata/')[Symbol.asyncIterator]().next();
  if (done !== true) throw foreign(location, 'metadata');
}

async function refuseOther(store: ObjectStore, location: StoreLocation, data: DataDir): Promise<void> {
  const stored = await store.get(firstRoot, maxRootBytes);
  if (stored === null) throw foreign(location, 'nothing');
  const own = readFileSync(data.rootFile(location));
  if (!own.equals(stored.bytes)) throw foreign(location, 'another repository');
}

function parsed(bytes: Uint8Array): Root | null {
  try {
    return parseRoot(bytes).signed;
  } catch (error) {
    if (isRindError(error)) return null;
    throw error;
  }
}

type Found = SupervisorError<'store.foreign'>['details']['found'];

const problemOf: Readonly<Record<Found, string>> = {
  'another repository': 'holds a repository that this data folder did not make',
  metadata: 'holds metadata that this data folder did not make',
  nothing: 'does not hold the repository of this data folder',
};

function foreign(location: StoreLocation, found: Found): SupervisorError {
  const place = describeLocation(location);
  return new SupervisorError('store.foreign', `${place} ${problemOf[found]}`, { location: place, found });
}
