import { canonicalBytes } from '@rind/canonical-json';
import { ed25519FromSeed, ed25519PublicKey, ed25519Signer, keyIdOf } from '@rind/crypto';
import type { PublicKey } from '@rind/crypto';
import type { JsonObject, KeyId } from '@rind/kernel';
import { toHex } from '@rind/kernel';
import type { Signature } from '../src/index.ts';

export interface TestSigner {
  readonly id: KeyId;
  readonly key: PublicKey;
  sign(signed: JsonObject): Signature;
}

/** The key whose 32-byte seed repeats `number`; `extra` fields in its listing give it another id. */
export function testSigner(number: number, extra: JsonObject = {}): TestSigner {
  const { seed, publicKey } = ed25519FromSeed(new Uint8Array(32).fill(number));
  const key = { ...ed25519PublicKey(publicKey), ...extra } as PublicKey;
  const id = keyIdOf(key);
  const sign = ed25519Signer(seed);
  return { id, key, sign: (signed) => ({ keyid: id, sig: toHex(sign(canonicalBytes(signed))) }) };
}
