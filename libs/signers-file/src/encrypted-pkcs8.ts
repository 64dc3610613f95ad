/**
 * Writes an Ed25519 seed as `ENCRYPTED PRIVATE KEY` PEM (RFC 5958 §3, PBES2 of RFC 8018 §6.2) with scrypt
 * (RFC 7914 §7) and AES-256-CBC. Any OpenSSL reads it: `openssl pkey -in FILE`. Node's own export knows only
 * PBKDF2 with 2,048 rounds, which a stolen disk would not survive.
 */
import { createCipheriv, scryptSync } from 'node:crypto';
import { concatBytes, fromHex } from '@rind/kernel';
import type { Randomness } from '@rind/kernel';
import { derInteger, derOctets, derOid, derSequence } from './der.ts';

/** 16 MiB and about 40 ms; the most memory that OpenSSL grants when it opens such a file is 32 MiB. */
const SCRYPT = { cost: 16_384, blockSize: 8, parallelization: 1 };
const SALT_BYTES = 16;
const IV_BYTES = 16;
const KEY_BYTES = 32;
/** PrivateKeyInfo of Ed25519 up to the 32-byte seed (RFC 8410 §7). */
const ED25519_PREFIX = fromHex('302e020100300506032b657004220420');
const OID = {
  pbes2: '1.2.840.113549.1.5.13',
  scrypt: '1.3.6.1.4.1.11591.4.11',
  aes256Cbc: '2.16.840.1.101.3.4.1.42',
};

/** @param seed 32-byte Ed25519 seed */
export function encryptedPkcs8Pem(seed: Uint8Array, passphrase: string, randomness: Randomness): string {
  const salt = randomness.bytes(SALT_BYTES);
  const iv = randomness.bytes(IV_BYTES);
  const key = scryptSync(passphrase, salt, KEY_BYTES, SCRYPT);
  const plain = concatBytes(ED25519_PREFIX, seed);
  const cipher = createCipheriv('aes-256-cbc', key, iv);
  const sealed = concatBytes(cipher.update(plain), cipher.final());
  for (const secret of [key, plain]) secret.fill(0);
  return pem(derSequence(encryptionScheme(salt, iv), derOctets(sealed)));
}

function encryptionScheme(salt: Uint8Array, iv: Uint8Array): Uint8Array {
  const { cost, blockSize, parallelization } = SCRYPT;
  const parameters = [cost, blockSize, parallelization, KEY_BYTES].map(derInteger);
  const derivation = derSequence(derOid(OID.scrypt), derSequence(derOctets(salt), ...parameters));
  const cipher = derSequence(derOid(OID.aes256Cbc), derOctets(iv));
  return derSequence(derOid(OID.pbes2), derSequence(derivation, cipher));
}

function pem(der: Uint8Array): string {
  const lines = Buffer.from(der)
    .toString('base64')
    .match(/.{1,64}/g)!;
  return ['-----BEGIN ENCRYPTED PRIVATE KEY-----', ...lines, '-----END ENCRYPTED PRIVATE KEY-----', ''].join(
    '\n',
  );
}
