import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { ed25519PublicKey, keyIdOf } from '@rind/crypto';
import type { PublicKey } from '@rind/crypto';
import { toHex } from '@rind/kernel';
import type { KeyId } from '@rind/kernel';
import { SigningError } from '@rind/signing-port';
import type { Signature, Signer } from '@rind/signing-port';

export interface KeyFile {
  readonly path: string;
  readonly passphrase: string;
}

/** A key in this thread's memory, for pool workers that sign thousands of files. */
export interface SyncSigner {
  readonly key: PublicKey;
  readonly keyId: KeyId;
  /** Signs the whole message. */
  signSync(message: Uint8Array): Signature;
}

const MAX_FILE_BYTES = 64 * 1024;
const OTHERS_MAY_READ = 0o077;
const ENCRYPTED = '-----BEGIN ENCRYPTED PRIVATE KEY-----';
/** SubjectPublicKeyInfo of Ed25519 ends with the 32-byte key (RFC 8410 §4). */
const PUBLIC_KEY_BYTES = 32;

/**
 * Opens an encrypted Ed25519 key. The seed stays inside the crypto library. Errors: `key.missing`; `key.denied`
 * for a wrong passphrase, an unreadable or damaged file, or one that others may read; `key.wrong-kind`.
 */
export async function openKeyFile(file: KeyFile): Promise<Signer> {
  const { key, keyId, signSync } = openKeyFileSync(file);
  return { key, keyId, sign: async (message) => signSync(message) };
}

/** As {@link openKeyFile}. Takes some 50 ms: that is the price of the passphrase. */
export function openKeyFileSync(file: KeyFile): SyncSigner {
  const privateKey = decrypted(file);
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  const key = ed25519PublicKey(new Uint8Array(spki.subarray(-PUBLIC_KEY_BYTES)));
  const keyId = keyIdOf(key);
  return {
    key,
    keyId,
    signSync: (message) => ({ keyid: keyId, sig: toHex(sign(null, message, privateKey)) }),
  };
}

function decrypted(file: KeyFile): KeyObject {
  const pem = readPrivate(file.path);
  let key: KeyObject;
  try {
    if (!pem.includes(ENCRYPTED)) throw new SigningError('key.denied', 'not encrypted', { key: file.path });
    key = createPrivateKey({ key: pem, format: 'pem', passphrase: file.passphrase });
  } catch (cause) {
    const reason = 'wrong passphrase, or not an encrypted private key';
    throw new SigningError('key.denied', reason, { key: file.path }, { cause });
  } finally {
    pem.fill(0);
  }
  if (key.asymmetricKeyType !== 'ed25519') {
    const found = key.asymmetricKeyType ?? 'unknown';
    throw new SigningError('key.wrong-kind', 'not an Ed25519 key', {
      key: file.path,
      expected: 'ed25519',
      found,
    });
  }
  return key;
}

function readPrivate(path: string): Buffer {
  const denied = (reason: string, cause?: unknown) =>
    new SigningError('key.denied', reason, { key: path }, { cause });
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') {
      throw new SigningError('key.missing', 'no such key file', { key: path }, { cause });
    }
    throw denied('the key file cannot be opened', cause);
  }
  try {
    const found = fstatSync(file);
    if (!found.isFile() || found.size > MAX_FILE_BYTES) throw denied('not a key file');
    if ((found.mode & OTHERS_MAY_READ) !== 0) throw denied('others may read the key file: chmod 600');
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}
