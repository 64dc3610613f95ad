import { argon2id } from '@rind/crypto';
import { constantTimeEqual, fromBase64Url, fromUtf8, toBase64Url, utf8 } from '@rind/kernel';
import type { Randomness } from '@rind/kernel';
import { AuthError } from '../errors.ts';
import type { Vault } from '../protection/vault.ts';
import { Turns } from './turns.ts';

/** OWASP's first choice for Argon2id: some 20 ms of one core. */
const cost = { memoryKiB: 19_456, passes: 2, lanes: 1 };
const saltBytes = 16;
const tagBytes = 32;
const hashShape = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,2})\$([\w-]{11,86})\$([\w-]{43})$/;

/** Hashes at one time: whoever floods the sign-in page takes one core at most from everybody else. */
const atOnce = 1;
/** So many may wait, which is a second or two; more are refused at once. */
const mostWaiting = 64;

export interface PasswordsParts {
  readonly vault: Vault;
  readonly randomness: Randomness;
}

/**
 * Passwords as they are kept: Argon2id, then encrypted under the key outside the database and bound to the account. Who
 * steals the table alone has nothing to guess at, and cannot give one account's password to another.
 */
export class Passwords {
  private readonly parts: PasswordsParts;
  private readonly turns = new Turns(atOnce, mostWaiting);

  constructor(parts: PasswordsParts) {
    this.parts = parts;
  }

  /** @throws AuthError `auth.busy` */
  async seal(password: string, accountId: string): Promise<Buffer> {
    const { vault, randomness } = this.parts;
    const salt = randomness.bytes(saltBytes);
    const tag = await this.turns.take(() => argon2id(bytesOf(password), salt, cost, tagBytes));
    const { memoryKiB, passes, lanes } = cost;
    const text = `$argon2id$v=19$m=${memoryKiB},t=${passes},p=${lanes}$${toBase64Url(salt)}$${toBase64Url(tag)}`;
    return vault.seal('password', accountId, utf8(text));
  }

  /**
   * Whether it is the password of that account; takes as long when there is none.
   * @throws AuthError `auth.busy`, `vault.broken`
   */
  async matches(password: string, accountId: string, sealed: Uint8Array | null): Promise<boolean> {
    const { vault, randomness } = this.parts;
    if (sealed === null) {
      await this.turns.take(() => argon2id(bytesOf(password), randomness.bytes(saltBytes), cost, tagBytes));
      return false;
    }
    const [, memory, passes, lanes, salt, tag] =
      hashShape.exec(fromUtf8(vault.open('password', accountId, sealed))) ?? [];
    if (salt === undefined || tag === undefined) {
      throw new AuthError('vault.broken', 'a stored password is none', { purpose: 'password' });
    }
    const kept = { memoryKiB: Number(memory), passes: Number(passes), lanes: Number(lanes) };
    const found = await this.turns.take(() =>
      argon2id(bytesOf(password), fromBase64Url(salt), kept, tagBytes),
    );
    return constantTimeEqual(found, fromBase64Url(tag));
  }
}

/** The same characters however a keyboard composed them (RFC 8265 §4.2). */
function bytesOf(password: string): Uint8Array {
  return utf8(password.normalize('NFC'));
}
