import { ed25519FromSeed, ed25519PublicKey, ed25519Signer, hash, keyIdOf } from '@rind/crypto';
import type { PublicKey } from '@rind/crypto';
import type { KeyId } from '@rind/kernel';
import { toHex, utf8 } from '@rind/kernel';
import type { KeyMap, Signature } from '@rind/metadata';

/** A key pair of the simulation. */
export interface TestKey {
  readonly id: KeyId;
  readonly key: PublicKey;
  sign(message: Uint8Array): Signature;
}

/** The Ed25519 key whose seed is the SHA-256 of `label`: the same label gives the same key in every run. */
export function testKey(label: string): TestKey {
  const { seed, publicKey } = ed25519FromSeed(hash('sha256', utf8(`test key ${label}`)));
  return signingAs(ed25519PublicKey(publicKey), ed25519Signer(seed));
}

/** The same key pair under another id: its listing has one field more. */
export function aliasOf(original: TestKey): TestKey {
  const key = { ...original.key, 'x-alias': 'of the same public key' } as PublicKey;
  return { id: keyIdOf(key), key, sign: (message) => ({ ...original.sign(message), keyid: keyIdOf(key) }) };
}

export function keyMapOf(keys: Iterable<TestKey>): KeyMap {
  return new Map(Array.from(keys, ({ id, key }) => [id, key]));
}

function signingAs(key: PublicKey, sign: (message: Uint8Array) => Uint8Array): TestKey {
  const id = keyIdOf(key);
  return { id, key, sign: (message) => ({ keyid: id, sig: toHex(sign(message)) }) };
}
