import { equalBytes, fromHex } from '@rind/kernel';
import type { RsaPublicKey } from './primitives.ts';
import { DER, positiveInteger, readElements } from './der.ts';

const PEM = /^-----BEGIN PUBLIC KEY-----\r?\n([A-Za-z0-9+/\r\n]+={0,2})\r?\n-----END PUBLIC KEY-----\s*$/;

/** Object identifiers as DER content (RFC 5480 §2.1.1, §2.1.1.1; RFC 8017 §A.1). */
const EC_PUBLIC_KEY = fromHex('2a8648ce3d0201');
const PRIME256V1 = fromHex('2a8648ce3d030107');
const RSA_ENCRYPTION = fromHex('2a864886f70d010101');

const UNCOMPRESSED = 0x04;
const POINT_LENGTH = 65;
const MIN_MODULUS_BYTES = 256;
const MAX_MODULUS_BYTES = 1024;
const MAX_EXPONENT_BYTES = 4;

/** The 65-byte uncompressed point of a P-256 key in SPKI PEM; undefined for anything else, compressed points too. */
export function p256Point(pem: string): Uint8Array | undefined {
  const [algorithm, bits] = subjectPublicKeyInfo(pem);
  const [oid, curve] = readElements(algorithm, DER.objectIdentifier, DER.objectIdentifier) ?? [];
  if (!isOid(oid, EC_PUBLIC_KEY) || !isOid(curve, PRIME256V1)) return undefined;
  return bits.length === POINT_LENGTH && bits[0] === UNCOMPRESSED ? bits : undefined;
}

/**
 * An RSA key in SPKI PEM. Bounds keep every backend's verdict the same and its work small: an odd modulus of
 * 2,048 to 8,192 bits, an odd exponent of 3 to 2^32 - 1.
 */
export function rsaPublicKey(pem: string): RsaPublicKey | undefined {
  const [algorithm, bits] = subjectPublicKeyInfo(pem);
  const [oid, parameters] = readElements(algorithm, DER.objectIdentifier, DER.null) ?? [];
  if (!isOid(oid, RSA_ENCRYPTION) || parameters?.length !== 0) return undefined;
  const [key] = readElements(bits, DER.sequence) ?? [];
  const [n, e] = (key && readElements(key, DER.integer, DER.integer)) ?? [];
  const modulus = positiveInteger(n);
  const exponent = positiveInteger(e);
  if (!modulus || modulus.length < MIN_MODULUS_BYTES || modulus.length > MAX_MODULUS_BYTES) return undefined;
  if (!exponent || exponent.length > MAX_EXPONENT_BYTES) return undefined;
  const isOne = exponent.length === 1 && exponent[0] === 1;
  return isOdd(modulus) && isOdd(exponent) && !isOne ? { modulus, exponent } : undefined;
}

/** AlgorithmIdentifier and key of an SPKI in PEM (RFC 5280 §4.1, RFC 7468 §13); empty if it is malformed. */
function subjectPublicKeyInfo(pem: string): [algorithm: Uint8Array, key: Uint8Array] {
  const [info] = readElements(pemContent(pem), DER.sequence) ?? [];
  const [algorithm, bits] = (info && readElements(info, DER.sequence, DER.bitString)) ?? [];
  if (!algorithm || bits?.[0] !== 0) return [NOTHING, NOTHING]; // The first byte counts unused bits.
  return [algorithm, bits.subarray(1)];
}

const NOTHING = new Uint8Array();

function pemContent(pem: string): Uint8Array {
  const base64 = PEM.exec(pem)?.[1]?.replaceAll(/[\r\n]/g, '') ?? '';
  if (base64.length % 4 !== 0) return NOTHING;
  return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
}

function isOid(content: Uint8Array | undefined, oid: Uint8Array): boolean {
  return content !== undefined && equalBytes(content, oid);
}

function isOdd(bigEndian: Uint8Array): boolean {
  return ((bigEndian.at(-1) ?? 0) & 1) === 1;
}
