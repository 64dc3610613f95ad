import { hashHex } from '@rind/crypto';
import { parseSnapshot, parseTimestamp, verifyThreshold } from '@rind/metadata';
import type { Root, Snapshot } from '@rind/metadata';
import {
  maxSnapshotBytes,
  maxTimestampBytes,
  metadataKey,
  RepositoryError,
  SnapshotVector,
  timestampKey,
} from '@rind/repository';
import type { ObjectStore } from '@rind/storage-port';
import type { PublishedState } from './published-state.ts';

/**
 * Reads timestamp → snapshot from the store and verifies each as a client would (TUF 1.0.34 §5.4, §5.5),
 * but for expiry: an index that stood still for a week must be able to go on.
 */
export async function readPublished(
  store: ObjectStore,
  root: Root,
  bitLength: number,
): Promise<PublishedState> {
  const stored = await store.get(timestampKey, maxTimestampBytes);
  if (stored === null) throw missing('timestamp', 0);
  const timestamp = parseTimestamp(stored.bytes);
  if (!verifyThreshold(timestamp, root.roles.timestamp, root.keys).ok) {
    throw corrupt('timestamp', timestamp.signed.version, 'threshold not met');
  }
  const { version } = timestamp.signed.snapshotMeta;
  const snapshot = await readSnapshot(store, root, version);
  const listed = timestamp.signed.snapshotMeta.hashes?.get('sha256');
  if (listed !== undefined && listed !== snapshot.sha256) throw corrupt('snapshot', version, 'hash differs');
  const read = SnapshotVector.fromSnapshot(bitLength, (file) => snapshot.signed.meta.get(file)?.version);
  if ('missing' in read) throw corrupt('snapshot', version, `lacks ${read.missing}`);
  return {
    vector: read.vector,
    snapshotVersion: version,
    snapshotExpiresMs: snapshot.signed.expiresMs,
    snapshotLength: snapshot.length,
    snapshotSha256: snapshot.sha256,
    timestampVersion: timestamp.signed.version,
    timestampExpiresMs: timestamp.signed.expiresMs,
    timestampSha256: hashHex('sha256', stored.bytes),
    tag: stored.tag,
  };
}

export interface ReadSnapshot {
  readonly signed: Snapshot;
  readonly length: number;
  readonly sha256: string;
}

/** One snapshot of the store, verified against root. */
export async function readSnapshot(store: ObjectStore, root: Root, version: number): Promise<ReadSnapshot> {
  const object = await store.get(metadataKey('snapshot', version), maxSnapshotBytes);
  if (object === null) throw missing('snapshot', version);
  const snapshot = parseSnapshot(object.bytes);
  if (!verifyThreshold(snapshot, root.roles.snapshot, root.keys).ok) {
    throw corrupt('snapshot', version, 'threshold not met');
  }
  if (snapshot.signed.version !== version) throw corrupt('snapshot', version, 'version differs');
  return { signed: snapshot.signed, length: object.bytes.length, sha256: hashHex('sha256', object.bytes) };
}

/** Versions of the offline roles, read before the bins' number is known. */
export async function offlineVersions(
  store: ObjectStore,
  root: Root,
): Promise<{ targets: number; bins: number }> {
  const stored = await store.get(timestampKey, maxTimestampBytes);
  if (stored === null) throw missing('timestamp', 0);
  const { version } = parseTimestamp(stored.bytes).signed.snapshotMeta;
  const { signed } = await readSnapshot(store, root, version);
  const targets = signed.meta.get('targets.json')?.version;
  const bins = signed.meta.get('bins.json')?.version;
  if (targets === undefined || bins === undefined)
    throw corrupt('snapshot', version, 'lacks an offline role');
  return { targets, bins };
}

function corrupt(role: string, version: number, reason: string): RepositoryError<'store.corrupt'> {
  return new RepositoryError('store.corrupt', `${role} ${version}: ${reason}`, { role, version, reason });
}

function missing(role: string, version: number): RepositoryError<'store.missing'> {
  return new RepositoryError('store.missing', `${role} ${version} is missing`, { role, version });
}
