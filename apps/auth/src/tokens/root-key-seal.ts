import { openAesGcm, sealAesGcm } from '@rind/crypto';
import { utf8 } from '@rind/kernel';
import type { Randomness } from '@rind/kernel';
import { AuthError } from '../errors.ts';

/** The row and the holder that a sealed key belongs to: it opens under no others. */
export interface SealBinding {
  readonly tokenId: string;
  /** Of the account; for trusted publishers what `publisherBinding` says. */
  readonly accountId: string;
}

/** In the place of an account, and equal to none: their ids, in the order of the token. */
export function publisherBinding(ids: readonly string[]): string {
  return `publisher:${ids.join(',')}`;
}

const domain = 'rind-token-root-key-v1';

/**
 * Root keys of tokens are stored encrypted (AES-256-GCM) under a key that the database never sees, and bound to
 * row and account: who can write the table can neither read them nor give one account's token to another.
 */
export class RootKeySeal {
  private readonly key: Uint8Array;
  private readonly randomness: Randomness;

  /** @param key 32 bytes */
  constructor(key: Uint8Array, randomness: Randomness) {
    this.key = key;
    this.randomness = randomness;
  }

  /** @param rootKey 32 bytes; the result is nonce (12), ciphertext, tag (16) */
  seal(rootKey: Uint8Array, binding: SealBinding): Uint8Array<ArrayBuffer> {
    return new Uint8Array(sealAesGcm(this.key, rootKey, bytesOf(binding), this.randomness));
  }

  /** @throws AuthError `seal.broken`: the row was tampered with, or the seal key is another */
  open(sealed: Uint8Array, binding: SealBinding): Uint8Array {
    try {
      return openAesGcm(this.key, sealed, bytesOf(binding));
    } catch (cause) {
      const { tokenId } = binding;
      throw new AuthError('seal.broken', 'a stored root key does not open', { tokenId }, { cause });
    }
  }
}

function bytesOf({ tokenId, accountId }: SealBinding): Uint8Array {
  return utf8(`${domain}\n${tokenId}\n${accountId}`);
}
