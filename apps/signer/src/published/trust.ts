import type { KeyId } from '@rind/kernel';
import type { PublicKey } from '@rind/crypto';
import type { Metadata, Root, SuccinctRoles, Targets } from '@rind/metadata';
import { parseRoot, parseTargets, verifyThreshold } from '@rind/metadata';
import { maxRootBytes, maxTargetsBytes, metadataKey, RepositoryError } from '@rind/repository';
import type { ObjectStore } from '@rind/storage-port';

/** The offline part of the repository, verified from the pinned root: who may sign what. */
export interface Trust {
  readonly root: Root;
  readonly targets: Metadata<Targets>;
  /** The document of the `bins` role, and what it says. */
  readonly binsDocument: Metadata<Targets>;
  readonly bins: BinTrust;
}

/** How the `bins` role delegates; every bin has the same keys and threshold. */
export interface BinTrust {
  readonly count: number;
  readonly bitLength: number;
  readonly keys: ReadonlyMap<KeyId, PublicKey>;
  readonly keyIds: readonly KeyId[];
  readonly threshold: number;
}

/** Walks the root chain of the store from the pinned root (TUF 1.0.34 §5.3); answers all of it, the newest last. */
export async function loadRoots(store: ObjectStore, pinned: Uint8Array): Promise<Metadata<Root>[]> {
  const first = parseRoot(pinned);
  requireThreshold(first, first.signed, 'root', first.signed.version);
  const chain = [first];
  for (;;) {
    const current = chain.at(-1)!;
    const version = current.signed.version + 1;
    const object = await store.get(metadataKey('root', version), maxRootBytes);
    if (object === null) return chain;
    chain.push(followingRoot(current.signed, object.bytes));
  }
}

/** The newest root of the store. */
export async function loadRoot(store: ObjectStore, pinned: Uint8Array): Promise<Root> {
  return (await loadRoots(store, pinned)).at(-1)!.signed;
}

/** Root N+1: signed by a threshold of N and of itself (TUF 1.0.34 §5.3.4, §5.3.5). Throws `store.corrupt`. */
export function followingRoot(current: Root, bytes: Uint8Array): Metadata<Root> {
  const version = current.version + 1;
  const next = parseRoot(bytes);
  requireThreshold(next, current, 'root', version);
  requireThreshold(next, next.signed, 'root', version);
  if (next.signed.version !== version) throw corrupt('root', version, 'version differs');
  return next;
}

function requireThreshold(metadata: Metadata<Root>, by: Root, role: 'root', version: number): void {
  if (!verifyThreshold(metadata, by.roles[role], by.keys).ok)
    throw corrupt(role, version, 'threshold not met');
}

/** Reads `targets` and `bins` at the versions that the snapshot lists. */
export async function loadTrust(
  store: ObjectStore,
  root: Root,
  versions: { targets: number; bins: number },
): Promise<Trust> {
  const targets = await readTargets(store, 'targets', versions.targets);
  if (!verifyThreshold(targets, root.roles.targets, root.keys).ok) {
    throw corrupt('targets', versions.targets, 'threshold not met');
  }
  const delegations = targets.signed.delegations;
  const role =
    delegations?.kind === 'roles' ? delegations.roles.find(({ name }) => name === 'bins') : undefined;
  if (delegations === undefined || role === undefined) {
    throw corrupt('targets', versions.targets, 'does not delegate to bins');
  }
  const bins = await readTargets(store, 'bins', versions.bins);
  if (!verifyThreshold(bins, role, delegations.keys).ok)
    throw corrupt('bins', versions.bins, 'threshold not met');
  return { root, targets, binsDocument: bins, bins: binTrust(bins.signed, versions.bins) };
}

/** Who signs bins, by the document of the `bins` role. */
export function binTrust(bins: Targets, version: number): BinTrust {
  const delegations = bins.delegations;
  if (delegations === undefined) throw corrupt('bins', version, 'delegates to nothing');
  if (delegations.kind === 'succinct') return fromSuccinct(delegations.succinct, delegations.keys);
  const first = delegations.roles[0];
  if (first === undefined) throw corrupt('bins', version, 'delegates to nothing');
  return {
    count: delegations.roles.length,
    bitLength: Math.log2(delegations.roles.length),
    keys: delegations.keys,
    keyIds: first.keyIds,
    threshold: first.threshold,
  };
}

function fromSuccinct(succinct: SuccinctRoles, keys: ReadonlyMap<KeyId, PublicKey>): BinTrust {
  const { bitLength, keyIds, threshold } = succinct;
  return { count: 2 ** bitLength, bitLength, keys, keyIds, threshold };
}

async function readTargets(store: ObjectStore, role: string, version: number): Promise<Metadata<Targets>> {
  const object = await store.get(metadataKey(role, version), maxTargetsBytes);
  if (object === null)
    throw new RepositoryError('store.missing', `${role} ${version} is missing`, { role, version });
  const metadata = parseTargets(object.bytes);
  if (metadata.signed.version !== version) throw corrupt(role, version, 'version differs');
  return metadata;
}

function corrupt(role: string, version: number, reason: string): RepositoryError<'store.corrupt'> {
  return new RepositoryError('store.corrupt', `${role} ${version}: ${reason}`, { role, version, reason });
}
