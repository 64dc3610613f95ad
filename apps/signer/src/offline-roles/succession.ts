import { parseSnapshot, parseTimestamp } from '@rind/metadata';
import type { Metadata, Root, Targets } from '@rind/metadata';
import {
  lintSuccession,
  maxSnapshotBytes,
  maxTimestampBytes,
  metadataKey,
  RepositoryError,
  timestampKey,
} from '@rind/repository';
import type { LintCode } from '@rind/repository';
import type { ObjectStore } from '@rind/storage-port';
import type { PublishedState } from '../published/published-state.ts';

/** What clients would refuse of what is served, if they went on to this root now. */
export async function judgeSuccession(
  store: ObjectStore,
  next: Metadata<Root>,
  state: PublishedState,
  targets: Metadata<Targets>,
): Promise<LintCode[]> {
  const timestamp = await store.get(timestampKey, maxTimestampBytes);
  const snapshot = await store.get(metadataKey('snapshot', state.snapshotVersion), maxSnapshotBytes);
  if (timestamp === null) throw missing('timestamp', state.timestampVersion);
  if (snapshot === null) throw missing('snapshot', state.snapshotVersion);
  const served = {
    targets,
    timestamp: parseTimestamp(timestamp.bytes),
    snapshot: parseSnapshot(snapshot.bytes),
  };
  return lintSuccession(next, served).map(({ code }) => code);
}

function missing(role: string, version: number): RepositoryError<'store.missing'> {
  return new RepositoryError('store.missing', `${role} ${version} is missing`, { role, version });
}
