import { hashHex } from '@rind/crypto';
import { parseProjectPage, parseTargetPath, pageObjectKey } from '@rind/index-model';
import type { ProjectName } from '@rind/kernel';
import { delegatedRoleKeys, parseTargets, verifyThreshold } from '@rind/metadata';
import type { Delegations, Targets } from '@rind/metadata';
import {
  binIndexOf,
  binName,
  bitLengthOf,
  maxBinBytes,
  metadataKey,
  RepositoryError,
  verifyFoundation,
} from '@rind/repository';
import type { SignedIndex, SignedPage, SignedTarget } from '@rind/repository';
import type { ObjectStore } from '@rind/storage-port';
import { readPublished } from '../ceremony/published.ts';
import type { Published } from '../ceremony/published.ts';

const parallel = 16;
const maxPageBytes = 64 * 1_048_576;

export interface SignedBin {
  readonly idx: number;
  readonly version: number;
  readonly expiresMs: number;
  /** Bytes. */
  readonly length: number;
  readonly targets: number;
}

/** All that is published, verified from the pinned root as a client does, but for expiry. */
export interface SignedRepository {
  readonly roles: readonly { readonly name: string; readonly version: number; readonly expiresMs: number }[];
  readonly timestampSha256: string;
  readonly bitLength: number;
  readonly bins: readonly SignedBin[];
  readonly index: SignedIndex;
  /** Another version of a bin, verified too; null when it is not there or is not signed. */
  readonly binVersion: (index: number, version: number) => Promise<Targets | null>;
}

/**
 * Timestamp, snapshot, offline roles, every bin and every project's page.
 * @throws CeremonyError `ceremony.untrusted`; RepositoryError `store.missing`, `store.corrupt`
 */
export async function readSignedRepository(
  store: ObjectStore,
  pinnedRoot: Uint8Array,
  progress: (done: number, total: number) => void,
): Promise<SignedRepository> {
  const location = {
    read: async (name: string, maxBytes: number): Promise<Uint8Array | null> =>
      (await store.get(`metadata/${name}`, maxBytes))?.bytes ?? null,
  };
  const published = await readPublished(location);
  const files = published.filesFor('bins');
  verifyFoundation(files, pinnedRoot);
  const delegating = parseTargets(files.bins!);
  const delegations = delegating.signed.delegations;
  if (delegations === undefined) throw corrupt('bins', delegating.signed.version, 'delegates to nothing');
  const bitLength =
    delegations.kind === 'succinct' ? delegations.succinct.bitLength : bitLengthOf(delegations.roles.length);
  const targets = new Map<string, SignedTarget>();
  const listedPages: SignedTarget[] = [];
  const bins: SignedBin[] = [];
  const indexes = Array.from({ length: 2 ** bitLength }, (_, i) => i);
  await inParallel(indexes, async (idx) => {
    const role = binName(idx, bitLength);
    const version = published.snapshot.signed.meta.get(`${role}.json`)?.version;
    if (version === undefined) throw corrupt('snapshot', published.snapshot.signed.version, `lacks ${role}`);
    const object = await store.get(metadataKey(role, version), maxBinBytes);
    if (object === null) {
      throw new RepositoryError('store.missing', `${role} ${version} is missing`, { role, version });
    }
    const bin = verifiedBin(object.bytes, role, version, delegations);
    if (bin === null) throw corrupt(role, version, 'threshold not met');
    bins.push({
      idx,
      version,
      expiresMs: bin.expiresMs,
      length: object.bytes.length,
      targets: bin.targets.size,
    });
    for (const target of targetsOf(bin, idx, bitLength)) {
      if (target.filename === '') listedPages.push(target);
      else targets.set(target.targetPath, target);
    }
    progress(bins.length, indexes.length);
  });
  const pages = new Map<string, SignedPage>();
  await inParallel(listedPages, async (listed) => {
    pages.set(listed.project, await readPage(store, listed));
  });
  const timestamp = await location.read('timestamp.json', 16_384);
  return {
    roles: rolesOf(published, files.targets!, delegating.signed),
    timestampSha256: hashHex('sha256', timestamp!),
    bitLength,
    bins: bins.sort((a, b) => a.idx - b.idx),
    index: { targets, pages },
    binVersion: async (idx, version) => {
      const role = binName(idx, bitLength);
      const object = await store.get(metadataKey(role, version), maxBinBytes);
      return object === null ? null : verifiedBin(object.bytes, role, version, delegations);
    },
  };
}

function rolesOf(published: Published, targets: Uint8Array, bins: Targets): SignedRepository['roles'] {
  const signed = {
    root: published.root.signed,
    targets: parseTargets(targets).signed,
    bins,
    snapshot: published.snapshot.signed,
    timestamp: published.timestamp.signed,
  };
  return Object.entries(signed).map(([name, { version, expiresMs }]) => ({ name, version, expiresMs }));
}

function verifiedBin(
  bytes: Uint8Array,
  role: string,
  version: number,
  delegations: Delegations,
): Targets | null {
  const metadata = parseTargets(bytes);
  const right = delegatedRoleKeys(delegations, role);
  if (right === null || !verifyThreshold(metadata, right, delegations.keys).ok) return null;
  if (metadata.signed.version !== version) throw corrupt(role, version, 'version differs');
  return metadata.signed;
}

/** Pages have no file name. What lies in the wrong bin is found by no client, so it is not signed at all. */
function* targetsOf(bin: Targets, idx: number, bitLength: number): Generator<SignedTarget> {
  for (const [targetPath, file] of bin.targets) {
    if (binIndexOf(targetPath, bitLength) !== idx) continue;
    const target = parseTargetPath(targetPath);
    const { length } = file;
    yield {
      targetPath,
      project: target.project,
      filename: target.kind === 'page' ? '' : target.filename,
      length,
      sha256: file.hashes.get('sha256') ?? '',
      bin: idx,
    };
  }
}

async function readPage(
  store: ObjectStore,
  { project, sha256, length, bin, targetPath }: SignedTarget,
): Promise<SignedPage> {
  const object = await store.get(pageObjectKey(project as ProjectName, sha256), maxPageBytes);
  const at = { role: targetPath, version: 0 };
  if (object === null) throw new RepositoryError('store.missing', `${targetPath} is missing`, at);
  if (object.bytes.length !== length || hashHex('sha256', object.bytes) !== sha256) {
    throw corrupt(targetPath, 0, 'hash differs');
  }
  const page = parseProjectPage(object.bytes);
  const { status, statusReason = null, files } = page;
  return { name: project, status, statusReason, sha256, length, bin, files };
}

async function inParallel<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < items.length) await work(items[next++]!);
  };
  await Promise.all(Array.from({ length: parallel }, lane));
}

function corrupt(role: string, version: number, reason: string): RepositoryError<'store.corrupt'> {
  return new RepositoryError('store.corrupt', `${role} ${version}: ${reason}`, { role, version, reason });
}
