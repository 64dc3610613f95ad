import { concatBytes } from '@rind/kernel';
import type { Randomness } from '@rind/kernel';
import { CryptoError, checkLength } from './errors.ts';
import { nodeCrypto } from './node-builtin.ts';

const KEY_LENGTH = 32;
const NONCE_LENGTH = 12;
const TAG_LENGTH = 16;
const CIPHER = 'aes-256-gcm';

/**
 * AES-256-GCM (NIST SP 800-38D) for secrets at rest. On Node only: browsers offer it to asynchronous callers,
 * and nothing that runs there seals. A random nonce bounds one key to 2^32 messages.
 *
 * @param key 32 secret bytes
 * @param aad associated data: what the sealed bytes belong to
 * @returns nonce (12 bytes), ciphertext (as long as `plaintext`), tag (16 bytes)
 * @throws CryptoError crypto.bad-length, crypto.unavailable
 */
export function sealAesGcm(
  key: Uint8Array,
  plaintext: Uint8Array,
  aad: Uint8Array,
  randomness: Randomness,
): Uint8Array {
  checkLength('AES key', key, KEY_LENGTH);
  const nonce = randomness.bytes(NONCE_LENGTH);
  const cipher = platform().createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_LENGTH });
  cipher.setAAD(aad, { plaintextLength: plaintext.length });
  return concatBytes(nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag());
}

/**
 * Opens what {@link sealAesGcm} sealed.
 * @throws CryptoError crypto.open-failed, crypto.bad-length, crypto.unavailable
 */
export function openAesGcm(key: Uint8Array, sealed: Uint8Array, aad: Uint8Array): Uint8Array {
  checkLength('AES key', key, KEY_LENGTH);
  const { length } = sealed;
  const end = length - TAG_LENGTH;
  if (end < NONCE_LENGTH) throw openFailed(length);
  const nonce = sealed.subarray(0, NONCE_LENGTH);
  const decipher = platform().createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_LENGTH });
  decipher.setAAD(aad, { plaintextLength: end - NONCE_LENGTH });
  decipher.setAuthTag(sealed.subarray(end));
  const plaintext = decipher.update(sealed.subarray(NONCE_LENGTH, end));
  try {
    return concatBytes(plaintext, decipher.final());
  } catch (cause) {
    throw openFailed(length, cause);
  }
}

function openFailed(length: number, cause?: unknown): CryptoError {
  return new CryptoError('crypto.open-failed', 'sealed bytes do not open', { length }, { cause });
}

function platform() {
  const crypto = nodeCrypto();
  if (crypto === undefined) {
    throw new CryptoError('crypto.unavailable', 'no AES-GCM for synchronous callers', { what: CIPHER });
  }
  return crypto;
}
