import { canonicalBytes } from '@rind/canonical-json';
import { hashHex } from '@rind/crypto';
import { toTufDate } from '@rind/kernel';
import { joinMetadata, keyMap, parseRoot, rootSigned } from '@rind/metadata';
import type { Root } from '@rind/metadata';
import {
  binVersion,
  metadataKey,
  onlineSnapshot,
  onlineTimestamp,
  SnapshotVector,
  timestampKey,
} from '@rind/repository';
import type { Signer } from '@rind/signing-port';
import type { PublishedState } from '../src/published/published-state.ts';
import type { MemoryStore } from './memory-store.ts';
import { testSigner } from './test-keys.ts';

export const bitLength = 2;
export const online = testSigner('snapshot and timestamp');

/** A root that trusts the test's online key, signed by itself. */
export async function testRoot(nowMs: number): Promise<Root> {
  const signer = testSigner('root');
  const byOnline = { keyIds: [online.keyId], threshold: 1 };
  const byRoot = { keyIds: [signer.keyId], threshold: 1 };
  const signed = canonicalBytes(
    rootSigned({
      version: 1,
      expires: toTufDate(nowMs + 1e10),
      consistentSnapshot: true,
      keys: keyMap(signer.key, online.key),
      roles: { root: byRoot, targets: byRoot, snapshot: byOnline, timestamp: byOnline },
    }),
  );
  return parseRoot(joinMetadata(signed, [await signer.sign(signed)])).signed;
}

/** Writes snapshot 1 of four empty bins, and timestamp 1, as a ceremony does. */
export async function publishFirst(store: MemoryStore, expiresMs: number): Promise<PublishedState> {
  const versions = Float64Array.from({ length: 2 ** bitLength }, (_, i) => binVersion(1, i));
  const vector = new SnapshotVector(bitLength, versions, 1, 1);
  const snapshot = await signedBy(online, onlineSnapshot(vector, 1, toTufDate(expiresMs)));
  await store.putNew(metadataKey('snapshot', 1), snapshot);
  const snapshotSha256 = hashHex('sha256', snapshot);
  const timestamp = await timestampOver(1, expiresMs, { version: 1, bytes: snapshot });
  return {
    vector,
    snapshotVersion: 1,
    snapshotExpiresMs: expiresMs,
    snapshotLength: snapshot.length,
    snapshotSha256,
    timestampVersion: 1,
    timestampExpiresMs: expiresMs,
    timestampSha256: hashHex('sha256', timestamp),
    tag: store.overwrite(timestampKey, timestamp),
  };
}

/** A timestamp's file. */
export function timestampOver(
  version: number,
  expiresMs: number,
  snapshot: { version: number; bytes: Uint8Array },
): Promise<Uint8Array> {
  const meta = {
    version: snapshot.version,
    length: snapshot.bytes.length,
    sha256: hashHex('sha256', snapshot.bytes),
  };
  return signedBy(online, onlineTimestamp(version, toTufDate(expiresMs), meta));
}

async function signedBy(signer: Signer, signed: Uint8Array): Promise<Uint8Array> {
  return joinMetadata(signed, [await signer.sign(signed)]);
}
