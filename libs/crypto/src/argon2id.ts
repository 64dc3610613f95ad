import { argon2idAsync } from '@noble/hashes/argon2.js';
import { CryptoError } from './errors.ts';
import { nodeCrypto } from './node-builtin.ts';

/** Cost of Argon2id (RFC 9106 §3.1). */
export interface Argon2idCost {
  /** m: KiB, at least 8 for each lane. */
  readonly memoryKiB: number;
  /** t: passes over the memory, at least 1. */
  readonly passes: number;
  /** p: lanes, at least 1. */
  readonly lanes: number;
}

const minSaltBytes = 8;

/**
 * Argon2id version 0x13 (RFC 9106): what a password becomes before it is kept. On Node by OpenSSL in a thread of its
 * own, elsewhere in JavaScript, some ten times slower.
 *
 * @param salt at least 8 bytes, 16 as a rule
 * @param length bytes of the result
 * @throws CryptoError crypto.bad-length: the salt is too short
 */
export async function argon2id(
  password: Uint8Array,
  salt: Uint8Array,
  { memoryKiB, passes, lanes }: Argon2idCost,
  length: number,
): Promise<Uint8Array> {
  if (salt.length < minSaltBytes) {
    const details = { what: 'salt', length: salt.length, expected: minSaltBytes };
    throw new CryptoError('crypto.bad-length', `a salt has at least ${minSaltBytes} bytes`, details);
  }
  const crypto = nodeCrypto();
  if (crypto?.argon2 === undefined)
    return argon2idPortable(password, salt, { memoryKiB, passes, lanes }, length);
  const { argon2 } = crypto;
  const parameters = {
    message: password,
    nonce: salt,
    parallelism: lanes,
    tagLength: length,
    memory: memoryKiB,
    passes,
  };
  return new Promise((resolve, reject) => {
    argon2('argon2id', parameters, (error, tag) => {
      if (error === null) resolve(new Uint8Array(tag));
      else reject(error);
    });
  });
}

/** The same in JavaScript alone. */
export function argon2idPortable(
  password: Uint8Array,
  salt: Uint8Array,
  { memoryKiB, passes, lanes }: Argon2idCost,
  length: number,
): Promise<Uint8Array> {
  return argon2idAsync(password, salt, { m: memoryKiB, t: passes, p: lanes, dkLen: length });
}
