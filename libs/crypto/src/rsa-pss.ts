import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes, equalBytes } from '@rind/kernel';
import type { RsaPublicKey } from './primitives.ts';
import { bigEndian, toBigEndian } from './big-integer.ts';

const HASH_LENGTH = 32;
const TRAILER = 0xbc;

/** RSASSA-PSS-VERIFY (RFC 8017 §8.1.2) with SHA-256, MGF1-SHA-256 and a salt of any length. Public values only. */
export function verifyRsaPss(key: RsaPublicKey, message: Uint8Array, signature: Uint8Array): boolean {
  const modulus = bigEndian(key.modulus);
  const s = bigEndian(signature);
  if (s >= modulus) return false;
  const emBits = modulus.toString(2).length - 1;
  const encoded = powMod(s, bigEndian(key.exponent), modulus);
  if (encoded.toString(2).length > 8 * Math.ceil(emBits / 8)) return false;
  return verifyEncoding(sha256(message), toBigEndian(encoded, Math.ceil(emBits / 8)), emBits);
}

/** EMSA-PSS-VERIFY (RFC 8017 §9.1.2), by its step numbers. */
function verifyEncoding(mHash: Uint8Array, em: Uint8Array, emBits: number): boolean {
  if (em.length < HASH_LENGTH + 2) return false; // 3, for the shortest salt
  if (em.at(-1) !== TRAILER) return false; // 4
  const dbLength = em.length - HASH_LENGTH - 1;
  const h = em.subarray(dbLength, -1); // 5
  const unusedBits = 8 * em.length - emBits;
  if (em[0]! >> (8 - unusedBits) !== 0) return false; // 6
  const mask = mgf1(h, dbLength); // 7
  const db = em.subarray(0, dbLength).map((byte, i) => byte ^ mask[i]!); // 8
  db[0]! &= 0xff >> unusedBits; // 9
  const one = db.findIndex((byte) => byte !== 0); // 10
  if (one < 0 || db[one] !== 1) return false;
  const salt = db.subarray(one + 1); // 11
  return equalBytes(sha256(concatBytes(new Uint8Array(8), mHash, salt)), h); // 12 to 14
}

/** MGF1 with SHA-256 (RFC 8017 §B.2.1). */
function mgf1(seed: Uint8Array, length: number): Uint8Array {
  const blocks = Array.from({ length: Math.ceil(length / HASH_LENGTH) }, (_, counter) =>
    sha256(concatBytes(seed, toBigEndian(BigInt(counter), 4))),
  );
  return concatBytes(...blocks).subarray(0, length);
}

function powMod(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  let square = base % modulus;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}
