import { closeSync, fsyncSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ed25519FromSeed, ed25519PublicKey, keyIdOf } from '@rind/crypto';
import type { PublicKey } from '@rind/crypto';
import type { KeyId, Randomness } from '@rind/kernel';
import { SigningError } from '@rind/signing-port';
import { encryptedPkcs8Pem } from './encrypted-pkcs8.ts';

export interface NewKeyFile {
  /** Where the private half goes, e.g. `keys/snapshot.pem`; nothing may be there yet. */
  readonly path: string;
  readonly passphrase: string;
  readonly randomness: Randomness;
  /** What the key is for; written in clear above the key for the person who finds the file. */
  readonly role: string;
}

/** The public half of a key file, as it stands in a `.pub.json` file. */
export interface CreatedKey {
  readonly key: PublicKey;
  readonly keyId: KeyId;
  readonly publicPath: string;
}

/**
 * Makes an Ed25519 key: the private half as encrypted PKCS#8 with mode 0600, the public half beside it.
 * Refuses (`key.denied`) to overwrite anything, and an empty passphrase.
 */
export async function createKeyFile(options: NewKeyFile): Promise<CreatedKey> {
  const { path, passphrase, randomness, role } = options;
  if (passphrase === '')
    throw new SigningError('key.denied', 'an empty passphrase protects nothing', { key: path });
  const pair = ed25519FromSeed(randomness.bytes(32));
  const key = ed25519PublicKey(pair.publicKey);
  const keyId = keyIdOf(key);
  const publicPath = publicPathOf(path);
  const heading = `Rind key for ${role.replace(/[^\x20-\x7e]|-----/g, '?')}, key id ${keyId}\n`;
  try {
    writeNew(path, heading + encryptedPkcs8Pem(pair.seed, passphrase, randomness), 0o600);
    pair.seed.fill(0);
    try {
      writeNew(publicPath, `${JSON.stringify(key, null, 2)}\n`, 0o644);
    } catch (error) {
      unlinkSync(path);
      throw error;
    }
    await syncFolder(dirname(path));
  } catch (cause) {
    throw new SigningError('key.denied', 'the key file cannot be created here', { key: path }, { cause });
  }
  return { key, keyId, publicPath };
}

/** `keys/snapshot.pem` → `keys/snapshot.pub.json`. */
export function publicPathOf(path: string): string {
  return `${path.replace(/\.(?:pem|key)$/, '')}.pub.json`;
}

function writeNew(path: string, text: string, mode: number): void {
  const file = openSync(path, 'wx', mode);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } catch (error) {
    unlinkSync(path);
    throw error;
  } finally {
    closeSync(file);
  }
}

async function syncFolder(dir: string): Promise<void> {
  const handle = await open(dir, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
