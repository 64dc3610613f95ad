import { backend } from './backend.ts';
import type { CryptoBackend } from './primitives.ts';
import { verifyEcdsa } from './ecdsa.ts';
import { verifyEd25519 } from './ed25519.ts';
import { CryptoError } from './errors.ts';
import type { PublicKey } from './public-key.ts';
import { rsaPublicKey } from './subject-public-key.ts';

export type KeyScheme = 'ed25519' | 'ecdsa-sha2-nistp256' | 'rsassa-pss-sha256';

interface Algorithm {
  readonly keytypes: readonly string[];
  /** @param publicText `keyval.public`; false for whatever is malformed */
  verify(crypto: CryptoBackend, publicText: string, message: Uint8Array, signature: Uint8Array): boolean;
}

/** TUF 1.0.34 §4.2. A Map, so that a scheme from the network finds nothing but these. */
const ALGORITHMS: ReadonlyMap<string, Algorithm> = new Map<KeyScheme, Algorithm>([
  ['ed25519', { keytypes: ['ed25519'], verify: verifyEd25519 }],
  // The second is what repositories wrote before TUF 1.0.17 called the type `ecdsa`.
  ['ecdsa-sha2-nistp256', { keytypes: ['ecdsa', 'ecdsa-sha2-nistp256'], verify: verifyEcdsa }],
  ['rsassa-pss-sha256', { keytypes: ['rsa'], verify: verifyRsa }],
]);

/** Whether key type and scheme are in the algorithm table; a key that is malformed still fails to verify. */
export function isSupportedKey(key: PublicKey): boolean {
  return algorithmOf(key) !== undefined;
}

/**
 * False for a malformed key or signature as for a wrong one.
 *
 * @param signature 64 bytes for ed25519, ASN.1 DER for ecdsa, as long as the modulus for rsa
 * @throws CryptoError key.unsupported
 */
export function verifySignature(key: PublicKey, message: Uint8Array, signature: Uint8Array): boolean {
  return verifyWith(backend(), key, message, signature);
}

/** {@link verifySignature} on a named backend. */
export function verifyWith(
  crypto: CryptoBackend,
  key: PublicKey,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  const algorithm = algorithmOf(key);
  if (algorithm === undefined) {
    const { keytype, scheme } = key;
    throw new CryptoError('key.unsupported', `no support for ${keytype} keys with ${scheme}`, {
      keytype,
      scheme,
    });
  }
  return algorithm.verify(crypto, key.keyval.public, message, signature);
}

function algorithmOf(key: PublicKey): Algorithm | undefined {
  const algorithm = ALGORITHMS.get(key.scheme);
  return algorithm?.keytypes.includes(key.keytype) ? algorithm : undefined;
}

function verifyRsa(
  crypto: CryptoBackend,
  publicText: string,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  const key = rsaPublicKey(publicText);
  return (
    key !== undefined &&
    signature.length === key.modulus.length &&
    crypto.verifyRsaPss(key, message, signature)
  );
}
