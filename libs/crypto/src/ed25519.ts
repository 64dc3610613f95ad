import { fromHex, toHex } from '@rind/kernel';
import { backend } from './backend.ts';
import type { CryptoBackend } from './primitives.ts';
import { littleEndian } from './big-integer.ts';
import { checkLength } from './errors.ts';
import type { PublicKey } from './public-key.ts';

const SEED_LENGTH = 32;
const PUBLIC_KEY_LENGTH = 32;
const SIGNATURE_LENGTH = 64;
const PUBLIC_HEX = /^[0-9a-f]{64}$/;
/** The field's prime, 2^255 - 19, and the order of the base point (RFC 8032 §5.1). */
const P = 2n ** 255n - 19n;
const L = 2n ** 252n + 27742317777372353535851937790883648493n;
/** The highest bit of an encoding is the sign of x. */
const SIGN_BIT_OFF = 2n ** 255n - 1n;

export interface Ed25519KeyPair {
  /** 32 bytes; secret. */
  readonly seed: Uint8Array;
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
}

/** @param seed 32 secret bytes (RFC 8032 §5.1.5). @throws CryptoError crypto.bad-length */
export function ed25519FromSeed(seed: Uint8Array): Ed25519KeyPair {
  checkLength('Ed25519 seed', seed, SEED_LENGTH);
  return { seed, publicKey: backend().ed25519PublicKey(seed) };
}

/** A 64-byte signature; for more than one see {@link ed25519Signer}. @throws CryptoError crypto.bad-length */
export function ed25519Sign(seed: Uint8Array, message: Uint8Array): Uint8Array {
  return ed25519Signer(seed)(message);
}

/** Prepares the key once, for thousands of signatures. @throws CryptoError crypto.bad-length */
export function ed25519Signer(seed: Uint8Array): (message: Uint8Array) => Uint8Array {
  return backend().ed25519Signer(checkLength('Ed25519 seed', seed, SEED_LENGTH));
}

/** TUF's form: `keyval.public` is 64 hex digits (TUF 1.0.34 §4.2). @throws CryptoError crypto.bad-length */
export function ed25519PublicKey(publicKey: Uint8Array): PublicKey {
  checkLength('Ed25519 public key', publicKey, PUBLIC_KEY_LENGTH);
  return { keytype: 'ed25519', scheme: 'ed25519', keyval: { public: toHex(publicKey) } };
}

/** The y coordinates of the eight points of small order, with which one signature fits many messages or keys. */
const SMALL_ORDER_Y: ReadonlySet<bigint> = new Set([
  0n,
  1n,
  P - 1n,
  0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n,
  0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n,
]);

/**
 * RFC 8032 §5.1.7 in its strict reading, the one verdict of all backends: key and R in their only encoding and
 * not of small order, S below the group's order, and the equation without the cofactor.
 *
 * @param publicHex 64 lower-case hex digits
 * @param signature 64 bytes: R, S
 */
export function verifyEd25519(
  crypto: CryptoBackend,
  publicHex: string,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (!PUBLIC_HEX.test(publicHex) || signature.length !== SIGNATURE_LENGTH) return false;
  const publicKey = fromHex(publicHex);
  if (!isSound(publicKey) || !isSound(signature.subarray(0, 32))) return false;
  if (littleEndian(signature.subarray(32)) >= L) return false;
  return crypto.verifyEd25519(publicKey, message, signature);
}

/** Whether 32 bytes can be a point's only encoding, and not of a point of small order. */
function isSound(encoding: Uint8Array): boolean {
  const y = littleEndian(encoding) & SIGN_BIT_OFF;
  return y < P && !SMALL_ORDER_Y.has(y);
}
