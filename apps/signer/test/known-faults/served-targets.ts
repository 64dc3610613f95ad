import { parseSnapshot, parseTargets, parseTimestamp } from '@rind/metadata';
import { metadataKey, timestampKey } from '@rind/repository';
import type { MemoryStore } from '../memory-store.ts';

/**
 * Every target path that the store serves now, found from its timestamp on. Throws when something that is named
 * is not there: then clients find nothing at all.
 */
export function servedTargets(store: MemoryStore): Set<string> {
  const timestamp = parseTimestamp(read(store, timestampKey)).signed;
  const snapshot = parseSnapshot(read(store, metadataKey('snapshot', timestamp.snapshotMeta.version))).signed;
  const paths = new Set<string>();
  for (const [file, { version }] of snapshot.meta) {
    const role = file.slice(0, -'.json'.length);
    for (const path of parseTargets(read(store, metadataKey(role, version))).signed.targets.keys()) {
      paths.add(path);
    }
  }
  return paths;
}

function read(store: MemoryStore, key: string): Uint8Array {
  const bytes = store.bytesOf(key);
  if (bytes === undefined) throw new Error(`${key} is named and not there`);
  return bytes;
}
