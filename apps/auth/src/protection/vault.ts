import { hmacSha256, openAesGcm, sealAesGcm } from '@rind/crypto';
import { concatBytes, utf8 } from '@rind/kernel';
import type { Randomness } from '@rind/kernel';
import { AuthError } from '../errors.ts';

/** What a MAC or a sealed value is good for: one made for another purpose never fits. */
export type Purpose =
  | 'device'
  | 'device-proof'
  | 'email'
  | 'grant-void'
  | 'half-session'
  | 'half-session-waiting'
  | 'invitation'
  | 'link/confirm-device'
  | 'link/reset-password'
  | 'link/verify-email'
  | 'mail'
  | 'passkey'
  | 'passkey-challenge'
  | 'password'
  | 'pending-publisher'
  | 'project-settings'
  | 'publisher'
  | 'rate'
  | 'recovery-code'
  | 'role'
  | 'session'
  | 'session-proof'
  | 'token-address'
  | 'totp'
  | 'totp-offer';

/**
 * Everything in the database that would open something is kept under a key that the database never sees: as a MAC
 * where it only has to be recognised, encrypted where it has to be read again, and bound to the row it belongs to.
 */
export class Vault {
  private readonly macKey: Uint8Array;
  private readonly sealingKey: Uint8Array;
  private readonly randomness: Randomness;

  /** @param key 32 bytes, the same as seals the root keys of tokens; what is used here is derived from it */
  constructor(key: Uint8Array, randomness: Randomness) {
    this.macKey = hmacSha256(key, utf8('rind-auth-mac-v1'));
    this.sealingKey = hmacSha256(key, utf8('rind-auth-seal-v1'));
    this.randomness = randomness;
  }

  /** HMAC-SHA-256, 32 bytes, over parts that cannot run into one another. */
  mac(purpose: Purpose, ...parts: readonly (Uint8Array | string)[]): Buffer {
    const pieces = [purpose, ...parts].flatMap((part) => {
      const bytes = typeof part === 'string' ? utf8(part) : part;
      return [lengthOf(bytes), bytes];
    });
    return Buffer.from(hmacSha256(this.macKey, concatBytes(...pieces)));
  }

  /** AES-256-GCM: nonce (12), ciphertext, tag (16). @param owner the row that it belongs to */
  seal(purpose: Purpose, owner: string, secret: Uint8Array): Buffer {
    return Buffer.from(sealAesGcm(this.sealingKey, secret, bound(purpose, owner), this.randomness));
  }

  /** @throws AuthError `vault.broken`: the row was tampered with, or the key is another */
  open(purpose: Purpose, owner: string, sealed: Uint8Array): Uint8Array {
    try {
      return openAesGcm(this.sealingKey, sealed, bound(purpose, owner));
    } catch (cause) {
      throw new AuthError('vault.broken', 'a stored secret does not open', { purpose }, { cause });
    }
  }
}

function lengthOf(bytes: Uint8Array): Uint8Array {
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, bytes.length);
  return length;
}

function bound(purpose: Purpose, owner: string): Uint8Array {
  return utf8(`${purpose}\n${owner}`);
}
