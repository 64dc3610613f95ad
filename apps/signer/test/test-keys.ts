import { ed25519FromSeed, ed25519PublicKey, ed25519Signer, hash, keyIdOf } from '@rind/crypto';
import { toHex, utf8 } from '@rind/kernel';
import type { Signer } from '@rind/signing-port';

/** The Ed25519 key whose seed is the SHA-256 of `label`: the same in every run. */
export function testSigner(label: string): Signer {
  const { seed, publicKey } = ed25519FromSeed(hash('sha256', utf8(label)));
  const key = ed25519PublicKey(publicKey);
  const keyId = keyIdOf(key);
  const sign = ed25519Signer(seed);
  return { key, keyId, sign: async (message) => ({ keyid: keyId, sig: toHex(sign(message)) }) };
}
