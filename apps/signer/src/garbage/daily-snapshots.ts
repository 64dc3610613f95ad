import { parseSnapshot } from '@rind/metadata';
import { maxSnapshotBytes, metadataKey } from '@rind/repository';
import type { ArchivedReferences } from '@rind/repository';
import type { SweepParts } from './sweep.ts';

/**
 * Everything that the last snapshots of the last days name. They are read and not verified: what they say only
 * keeps objects. One that is gone keeps nothing; one that does not parse ends the sweep.
 */
export async function readDailySnapshots({ log, store, settings }: SweepParts): Promise<ArchivedReferences> {
  const snapshots = new Set<number>();
  const binVersions = new Set<number>();
  const targetsVersions = new Set<number>();
  const binsVersions = new Set<number>();
  const versions = settings.dailySnapshots === 0 ? [] : await log.dailySnapshots(settings.dailySnapshots);
  for (const version of versions) {
    const object = await store.get(metadataKey('snapshot', version), maxSnapshotBytes);
    if (object === null) continue;
    snapshots.add(version);
    for (const [file, meta] of parseSnapshot(object.bytes).signed.meta) {
      if (file === 'targets.json') targetsVersions.add(meta.version);
      else if (file === 'bins.json') binsVersions.add(meta.version);
      else binVersions.add(meta.version);
    }
  }
  return { snapshots, binVersions, targetsVersions, binsVersions };
}
