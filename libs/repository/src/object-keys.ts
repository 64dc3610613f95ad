/** Where a repository's metadata lies in an object store, and under the metadata URL (TUF 1.0.34 §6.1). */

export const timestampKey = 'metadata/timestamp.json';

/** `metadata/<N>.<role>.json`. */
export function metadataKey(role: string, version: number): string {
  return `metadata/${version}.${role}.json`;
}

/**
 * Where a signed root waits for the signer, which first makes sure that clients who go on to it accept what is
 * served: `metadata/<N>.root.json` is in force the moment it is there.
 */
export function stagedRootKey(version: number): string {
  return `metadata/staged/${version}.root.json`;
}

/** Bounds before reading, as the clients have them. */
export const maxTimestampBytes = 16_384;
export const maxSnapshotBytes = 2_000_000;
export const maxTargetsBytes = 5_000_000;
export const maxRootBytes = 512_000;
/** A bin beyond this is refused while clients can still read it. */
export const maxBinBytes = 4_500_000;
