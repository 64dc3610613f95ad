import { canonicalBytes } from '@rind/canonical-json';
import { hashHex } from '@rind/crypto';
import type { PublicKey } from '@rind/crypto';
import { keyIdOf } from '@rind/crypto';
import { recordCeremony } from '@rind/database';
import type { TransactionalSql } from '@rind/database';
import { toTufDate } from '@rind/kernel';
import type { JsonObject } from '@rind/kernel';
import { joinMetadata, keyMap, rootSigned, specVersion, targetsSigned } from '@rind/metadata';
import type { RoleKeys } from '@rind/metadata';
import {
  binName,
  binPrefix,
  binVersion,
  emptyBin,
  metadataKey,
  onlineSnapshot,
  onlineTimestamp,
  SnapshotVector,
  timestampKey,
} from '@rind/repository';
import type { Signer } from '@rind/signing-port';
import type { ObjectStore } from '@rind/storage-port';
import { testSigner } from '../test-keys.ts';

const day = 86_400_000;
const offlineLifetimeMs = 365 * day;

export const ceremonyKeys = {
  root: [testSigner('root 1'), testSigner('root 2')],
  targets: [testSigner('targets 1')],
  bins: [testSigner('bins 1')],
  online: testSigner('snapshot and timestamp'),
  bin: testSigner('bin-n'),
} as const;

export type OfflineRole = 'root' | 'targets' | 'bins';

/** A version of an offline role as its holders sign it: the same keys, a year from `nowMs`. */
export async function offlineFile(
  role: OfflineRole,
  version: number,
  bitLength: number,
  nowMs: number,
): Promise<Uint8Array> {
  const head = { version, expires: toTufDate(nowMs + offlineLifetimeMs) };
  return signedBy(ceremonyKeys[role], canonicalBytes(documents[role](head, bitLength)));
}

const documents: Record<
  OfflineRole,
  (head: { version: number; expires: string }, bitLength: number) => JsonObject
> = {
  root: (head) =>
    rootSigned({
      ...head,
      consistentSnapshot: true,
      keys: keyMap(
        ...[...ceremonyKeys.root, ...ceremonyKeys.targets, ceremonyKeys.online].map(({ key }) => key),
      ),
      roles: {
        root: heldBy(ceremonyKeys.root),
        targets: heldBy(ceremonyKeys.targets),
        snapshot: heldBy([ceremonyKeys.online]),
        timestamp: heldBy([ceremonyKeys.online]),
      },
    }),
  targets: (head) =>
    targetsSigned({
      ...head,
      targets: new Map(),
      delegations: {
        keys: keyMap(...publicKeys(ceremonyKeys.bins)),
        kind: 'roles',
        roles: [
          {
            name: 'bins',
            ...heldBy(ceremonyKeys.bins),
            terminating: true,
            paths: ['packages/*/*', 'simple/*/index.json'],
          },
        ],
      },
    }),
  bins: (head, bitLength) =>
    targetsSigned({
      ...head,
      targets: new Map(),
      delegations: {
        keys: keyMap(ceremonyKeys.bin.key),
        kind: 'succinct',
        succinct: { ...heldBy([ceremonyKeys.bin]), bitLength, namePrefix: binPrefix },
      },
    }),
};

/** Publishes and records the first state of an empty index; every bin is as old as the ceremony. */
export async function holdFirstCeremony(
  store: ObjectStore,
  owner: TransactionalSql,
  bitLength: number,
  nowMs: number,
): Promise<void> {
  const count = 2 ** bitLength;
  const expiresMs = nowMs + day;
  for (const role of ['root', 'targets', 'bins'] as const) {
    await store.putNew(metadataKey(role, 1), await offlineFile(role, 1, bitLength, nowMs));
  }
  const lengths: number[] = [];
  for (let i = 0; i < count; i++) {
    const head = { role: binName(i, bitLength), version: binVersion(1, i), expires: toTufDate(expiresMs) };
    const file = await signedBy([ceremonyKeys.bin], emptyBin(head, specVersion));
    await store.putNew(metadataKey(head.role, head.version), file);
    lengths.push(file.length);
  }
  const versions = Float64Array.from({ length: count }, (_, i) => binVersion(1, i));
  const vector = new SnapshotVector(bitLength, versions, 1, 1);
  const snapshot = await signedBy([ceremonyKeys.online], onlineSnapshot(vector, 1, toTufDate(expiresMs)));
  await store.putNew(metadataKey('snapshot', 1), snapshot);
  const meta = { version: 1, length: snapshot.length, sha256: hashHex('sha256', snapshot) };
  const timestamp = await signedBy([ceremonyKeys.online], onlineTimestamp(1, toTufDate(expiresMs), meta));
  await store.replaceIf(timestampKey, timestamp, null);
  await recordCeremony(owner, {
    timestampSha256: hashHex('sha256', timestamp),
    bins: { count, expiresMs: lengths.map(() => expiresMs), length: lengths },
    roles: ['root', 'targets', 'bins', 'snapshot', 'timestamp'].map((name) => ({
      name,
      version: 1,
      expiresMs: ['snapshot', 'timestamp'].includes(name) ? expiresMs : nowMs + offlineLifetimeMs,
    })),
  });
}

async function signedBy(signers: readonly Signer[], signed: Uint8Array): Promise<Uint8Array> {
  return joinMetadata(signed, await Promise.all(signers.map((signer) => signer.sign(signed))));
}

function publicKeys(signers: readonly Signer[]): PublicKey[] {
  return signers.map(({ key }) => key);
}

function heldBy(signers: readonly Signer[]): RoleKeys {
  return { keyIds: publicKeys(signers).map(keyIdOf), threshold: signers.length };
}
