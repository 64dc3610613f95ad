import { hashHex } from '@rind/crypto';
import { parseRoot, parseSnapshot, parseTargets, parseTimestamp, verifyThreshold } from '@rind/metadata';
import type { Metadata, Root, Snapshot, Timestamp } from '@rind/metadata';
import {
  CeremonyError,
  maxRootBytes,
  maxSnapshotBytes,
  maxTargetsBytes,
  maxTimestampBytes,
  rightOf,
  verifyFoundation,
} from '@rind/repository';
import type { FoundationFiles, OfflineRole, ServedMetadata } from '@rind/repository';
import type { MetadataLocation } from './metadata-location.ts';

/** What a ceremony is built on: everything offline that is published, verified from root 1. */
export interface Published {
  readonly root: Metadata<Root>;
  readonly timestamp: Metadata<Timestamp>;
  readonly snapshot: Metadata<Snapshot>;
  readonly served: ServedMetadata;
  /** The files that a plan for `role` carries. */
  filesFor(role: OfflineRole): FoundationFiles;
  /** Version that is in effect. */
  versionOf(role: OfflineRole): number;
}

/**
 * Reads and verifies as a client does, but for expiry: a ceremony may come late.
 * @throws CeremonyError `ceremony.untrusted`
 */
export async function readPublished(location: MetadataLocation): Promise<Published> {
  const roots = await readRoots(location);
  const root = parseRoot(roots.at(-1)!);
  const timestamp = parseTimestamp(await mustRead(location, 'timestamp', 0, maxTimestampBytes));
  requireSigned('timestamp', timestamp, root.signed);
  const { snapshotMeta } = timestamp.signed;
  const snapshotBytes = await mustRead(location, 'snapshot', snapshotMeta.version, maxSnapshotBytes);
  const snapshot = parseSnapshot(snapshotBytes);
  const listed = snapshotMeta.hashes?.get('sha256');
  if (listed !== undefined && listed !== hashHex('sha256', snapshotBytes)) {
    throw untrusted('snapshot', snapshotMeta.version, 'has another hash than the timestamp says');
  }
  const versions = {
    root: root.signed.version,
    targets: listedVersion(snapshot, 'targets'),
    bins: listedVersion(snapshot, 'bins'),
  };
  const [targets, bins] = await Promise.all([
    mustRead(location, 'targets', versions.targets, maxTargetsBytes),
    mustRead(location, 'bins', versions.bins, maxTargetsBytes),
  ]);
  verifyFoundation({ roots, targets, bins });
  return {
    root,
    timestamp,
    snapshot,
    served: { timestamp, snapshot, targets: parseTargets(targets) },
    versionOf: (role) => versions[role],
    filesFor: (role) => ({
      roots,
      ...(role === 'root' ? {} : { targets }),
      ...(role === 'bins' ? { bins } : {}),
    }),
  };
}

/** Every root from the first on (TUF 1.0.34 §5.3.3): holders check the chain from the one that they kept. */
export async function readRoots(location: MetadataLocation): Promise<Uint8Array[]> {
  const roots: Uint8Array[] = [];
  for (;;) {
    const next = await location.read(`${roots.length + 1}.root.json`, maxRootBytes);
    if (next === null) break;
    roots.push(next);
  }
  if (roots.length === 0) throw untrusted('root', 1, 'is missing');
  return roots;
}

/** The first number of `role` that nothing was published under. */
export async function freeVersion(
  location: MetadataLocation,
  role: OfflineRole,
  after: number,
): Promise<number> {
  let version = after + 1;
  while ((await location.read(`${version}.${role}.json`, maxTargetsBytes)) !== null) version++;
  return version;
}

function requireSigned(role: 'timestamp' | 'snapshot', metadata: Metadata<Timestamp>, root: Root): void {
  const right = rightOf(root, role);
  if (verifyThreshold(metadata, right, right.keys).ok) return;
  throw untrusted(role, metadata.signed.version, 'threshold not met');
}

function listedVersion(snapshot: Metadata<Snapshot>, role: 'targets' | 'bins'): number {
  const version = snapshot.signed.meta.get(`${role}.json`)?.version;
  if (version === undefined) throw untrusted('snapshot', snapshot.signed.version, `does not list ${role}`);
  return version;
}

async function mustRead(
  location: MetadataLocation,
  role: string,
  version: number,
  maxBytes: number,
): Promise<Uint8Array> {
  const name = version === 0 ? `${role}.json` : `${version}.${role}.json`;
  const bytes = await location.read(name, maxBytes);
  if (bytes === null) throw untrusted(role, version, 'is missing');
  return bytes;
}

function untrusted(role: string, version: number, problem: string): CeremonyError {
  return new CeremonyError('ceremony.untrusted', `${role} ${version} ${problem}`, { role, version, problem });
}
