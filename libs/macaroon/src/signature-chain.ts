import { hmacSha256 } from '@rind/crypto';
import { constantTimeEqual, utf8 } from '@rind/kernel';
import type { Macaroon } from './macaroon.ts';

const KEY_GENERATOR = utf8('macaroons-key-generator');

/**
 * The signature of a macaroon: an HMAC-SHA256 of the identifier under a key derived from the root key, then of each
 * caveat under the signature so far. So whoever holds a macaroon can add caveats, and nobody can take one away.
 * @param rootKey any length; ours have 32 random bytes
 * @returns 32 bytes
 */
export function signatureOf(
  { identifier, caveats }: Omit<Macaroon, 'signature' | 'location'>,
  rootKey: Uint8Array,
): Uint8Array {
  return caveats.reduce(extendSignature, hmacSha256(hmacSha256(KEY_GENERATOR, rootKey), utf8(identifier)));
}

/** The signature after one more caveat. */
export function extendSignature(signature: Uint8Array, caveat: string): Uint8Array {
  return hmacSha256(signature, utf8(caveat));
}

/** Whether a macaroon was made with this root key, offline additions included. Its caveats are not judged. */
export function verifyToken(macaroon: Macaroon, rootKey: Uint8Array): boolean {
  return constantTimeEqual(signatureOf(macaroon, rootKey), macaroon.signature);
}
