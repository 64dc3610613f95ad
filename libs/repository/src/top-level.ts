import { utf8 } from '@rind/kernel';
import { specVersion } from '@rind/metadata';
import type { SnapshotVector } from './snapshot-vector.ts';

/** Canonical `signed` bytes of a snapshot; `expires` is a TUF date. */
export function onlineSnapshot(vector: SnapshotVector, version: number, expires: string): Uint8Array {
  return vector.signedBytes(version, expires, specVersion);
}

/** Canonical `signed` bytes of a timestamp: the only role that states a hash and a length (of the snapshot). */
export function onlineTimestamp(
  version: number,
  expires: string,
  snapshot: { version: number; length: number; sha256: string },
): Uint8Array {
  return utf8(
    `{"_type":"timestamp","expires":"${expires}","meta":{"snapshot.json":{"hashes":{"sha256":"${snapshot.sha256}"},` +
      `"length":${snapshot.length},"version":${snapshot.version}}},"spec_version":"${specVersion}","version":${version}}`,
  );
}
