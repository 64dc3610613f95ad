import { toHex } from '@rind/kernel';
import { backend } from './backend.ts';
import type { HashAlgorithm, Hasher } from './primitives.ts';

/** For input that arrives in pieces. */
export function createHasher(algorithm: HashAlgorithm): Hasher {
  return backend().createHasher(algorithm);
}

/** 32 bytes for sha256 and blake2b-256, 64 for sha512, 16 for md5 (which only names files for old clients). */
export function hash(algorithm: HashAlgorithm, data: Uint8Array): Uint8Array {
  return backend().createHasher(algorithm).update(data).digest();
}

/** The same in lower-case hex. */
export function hashHex(algorithm: HashAlgorithm, data: Uint8Array): string {
  return toHex(hash(algorithm, data));
}

/** HMAC-SHA-256 (RFC 2104): 32 bytes. A key of any length. */
export function hmacSha256(key: Uint8Array, message: Uint8Array): Uint8Array {
  return backend().hmacSha256(key, message);
}
