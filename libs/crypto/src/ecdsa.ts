import { fromHex } from '@rind/kernel';
import type { CryptoBackend } from './primitives.ts';
import { DER, positiveInteger, readElements } from './der.ts';
import { p256Point } from './subject-public-key.ts';

const NUMBER_LENGTH = 32;
/** Old repositories write the uncompressed point in hex instead of PEM. */
const POINT_HEX = /^04[0-9a-f]{128}$/;

/**
 * ECDSA on P-256 with SHA-256. The key is SPKI PEM or an uncompressed point of 130 hex digits, the signature
 * ASN.1 DER (RFC 3279 §2.2.3). S in either half of the range is taken, as TUF's clients do.
 */
export function verifyEcdsa(
  crypto: CryptoBackend,
  publicText: string,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  const point = POINT_HEX.test(publicText) ? fromHex(publicText) : p256Point(publicText);
  const numbers = ecdsaNumbers(signature);
  return point !== undefined && numbers !== undefined && crypto.verifyP256(point, message, numbers);
}

/** r and s, 32 bytes each, of a DER signature. Their range is the backend's to check. */
function ecdsaNumbers(der: Uint8Array): Uint8Array | undefined {
  const [content] = readElements(der, DER.sequence) ?? [];
  const [r, s] = ((content && readElements(content, DER.integer, DER.integer)) ?? []).map(positiveInteger);
  if (!r || !s || r.length > NUMBER_LENGTH || s.length > NUMBER_LENGTH) return undefined;
  const numbers = new Uint8Array(2 * NUMBER_LENGTH);
  numbers.set(r, NUMBER_LENGTH - r.length);
  numbers.set(s, 2 * NUMBER_LENGTH - s.length);
  return numbers;
}
