import { canonicalBytes } from '@rind/canonical-json';
import { keyIdOf } from '@rind/crypto';
import { toTufDate } from '@rind/kernel';
import type { JsonObject, KeyId } from '@rind/kernel';
import { joinMetadata, keyMap, rootSigned, targetsSigned } from '@rind/metadata';
import { metadataKey } from '@rind/repository';
import type { Signer } from '@rind/signing-port';
import { bitLength, online } from './first-publication.ts';
import type { MemoryStore } from './memory-store.ts';
import { testSigner } from './test-keys.ts';

export const nowMs = 1_800_000_000_000;
const expires = toTufDate(nowMs + 1e10);

export const holders = {
  root: [testSigner('root 1'), testSigner('root 2')],
  targets: [testSigner('targets 1')],
  bins: [testSigner('bins 1')],
};
export const binKey = testSigner('bin');

const role = (signers: readonly Signer[], threshold = 1) => ({
  keyIds: signers.map(({ keyId }) => keyId),
  threshold,
});

export interface RootKeys {
  readonly snapshot?: readonly Signer[];
  readonly timestamp?: readonly Signer[];
  readonly targets?: readonly Signer[];
}

/** Root: 2 of 2. */
export function rootDocument(version: number, keys: RootKeys = {}): JsonObject {
  const { snapshot = [online], timestamp = [online], targets = holders.targets } = keys;
  return rootSigned({
    version,
    expires,
    consistentSnapshot: true,
    keys: keyMap(...[...holders.root, ...snapshot, ...timestamp, ...targets].map(({ key }) => key)),
    roles: {
      root: role(holders.root, 2),
      snapshot: role(snapshot),
      timestamp: role(timestamp),
      targets: role(targets),
    },
  });
}

export function targetsDocument(version: number, bins: readonly Signer[] = holders.bins): JsonObject {
  return targetsSigned({
    version,
    expires,
    targets: new Map(),
    delegations: {
      kind: 'roles',
      keys: keyMap(...bins.map(({ key }) => key)),
      roles: [{ ...role(bins), name: 'bins', terminating: true, paths: ['*/*/*'] }],
    },
  });
}

export function binsDocument(
  version: number,
  keys: readonly Signer[] = [binKey],
  bits = bitLength,
): JsonObject {
  return targetsSigned({
    version,
    expires,
    targets: new Map(),
    delegations: {
      kind: 'succinct',
      keys: keyMap(...keys.map(({ key }) => key)),
      succinct: { ...role(keys), bitLength: bits, namePrefix: 'bin' },
    },
  });
}

export async function signedBy(document: JsonObject, signers: readonly Signer[]): Promise<Uint8Array> {
  const bytes = canonicalBytes(document);
  return joinMetadata(bytes, await Promise.all(signers.map((signer) => signer.sign(bytes))));
}

/** Root, targets and bins 1 in the store; answers the pinned root. */
export async function publishOffline(store: MemoryStore): Promise<Uint8Array> {
  const root = await signedBy(rootDocument(1), holders.root);
  await store.putNew(metadataKey('root', 1), root);
  await store.putNew(metadataKey('targets', 1), await signedBy(targetsDocument(1), holders.targets));
  await store.putNew(metadataKey('bins', 1), await signedBy(binsDocument(1), holders.bins));
  return root;
}

/** A ring of keys in memory; the name of a key is its file. */
export class MemoryRing {
  private readonly signers: Signer[];

  constructor(...signers: readonly Signer[]) {
    this.signers = [...signers];
  }

  add(signer: Signer): void {
    this.signers.push(signer);
  }

  newestOf(keyIds: readonly KeyId[]): string | null {
    return keyIds.findLast((id) => this.signers.some(({ key }) => keyIdOf(key) === id)) ?? null;
  }

  async open(path: string): Promise<Signer> {
    return this.signers.find(({ keyId }) => keyId === path)!;
  }
}
