import { p256 } from '@noble/curves/nist.js';
import * as ed25519 from '@noble/ed25519';
import { blake2b } from '@noble/hashes/blake2.js';
import { hmac } from '@noble/hashes/hmac.js';
import { md5 } from '@noble/hashes/legacy.js';
import { sha256, sha512 } from '@noble/hashes/sha2.js';
import { equalBytes } from '@rind/kernel';
import type { CryptoBackend, HashAlgorithm, Hasher } from './primitives.ts';
import { littleEndian } from './big-integer.ts';
import { verifyRsaPss } from './rsa-pss.ts';

ed25519.hashes.sha512 = sha512;

const hashers: Record<HashAlgorithm, () => Hasher> = {
  sha256: () => sha256.create(),
  sha512: () => sha512.create(),
  'blake2b-256': createBlake2b256,
  md5: () => md5.create(),
};

/** BLAKE2b whose parameter block says 32 bytes (RFC 7693 §2.5), which is not BLAKE2b-512 cut short. */
export function createBlake2b256(): Hasher {
  return blake2b.create({ dkLen: 32 });
}

/** Pure JavaScript, audited, for every platform. */
export const nobleBackend: CryptoBackend = {
  name: 'noble',
  createHasher: (algorithm) => hashers[algorithm](),
  hmacSha256: (key, message) => hmac(sha256, key, message),
  ed25519PublicKey: (seed) => ed25519.getPublicKey(seed),
  ed25519Signer: (seed) => {
    const own = Uint8Array.from(seed);
    return (message) => ed25519.sign(message, own);
  },
  verifyEd25519,
  verifyP256,
  verifyRsaPss,
};

/**
 * `[S]B = R + [k]A` compared as encodings, as OpenSSL does. The library's own `verify` multiplies by the
 * cofactor first and so takes signatures that OpenSSL, and with it most clients, refuses.
 */
function verifyEd25519(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  const { Point, etc } = ed25519;
  try {
    const a = Point.fromBytes(publicKey, false);
    const r = signature.subarray(0, 32);
    const s = littleEndian(signature.subarray(32));
    const k = etc.mod(littleEndian(sha512(etc.concatBytes(r, publicKey, message))), Point.CURVE().n);
    const expected = Point.BASE.multiply(s, false).subtract(a.multiply(k, false));
    return equalBytes(expected.toBytes(), r);
  } catch {
    return false; // Not a point of the curve.
  }
}

function verifyP256(point: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  try {
    return p256.verify(signature, message, point, { lowS: false, prehash: true, format: 'compact' });
  } catch {
    return false; // Not a point of the curve, or r or s out of range.
  }
}
