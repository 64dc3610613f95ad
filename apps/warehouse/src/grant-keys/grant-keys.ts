import { readFileSync } from 'node:fs';
import { isSupportedKey, keyIdOf } from '@rind/crypto';
import type { PublicKey } from '@rind/crypto';
import { grantKey, verifyGrant } from '@rind/index-model';
import type { GrantKey, VerifiedGrant } from '@rind/index-model';
import type { KeyId } from '@rind/kernel';
import { z } from 'zod';
import { WarehouseError } from '../errors.ts';

const keysFile = z.object({
  keys: z.array(
    z.object({
      issuer: z.enum(['auth', 'operator']),
      key: z.looseObject({
        keytype: z.string(),
        scheme: z.string(),
        keyval: z.looseObject({ public: z.string() }),
      }),
    }),
  ),
});

/**
 * The keys whose grants are worth storing. Refusing others here spares the queue of junk and no more:
 * what counts is decided by the signer, which has its own pinned list.
 */
export class GrantKeys {
  private readonly trusted: ReadonlyMap<KeyId, GrantKey>;
  private readonly repository: string;

  constructor(trusted: ReadonlyMap<KeyId, GrantKey>, repository: string) {
    this.trusted = trusted;
    this.repository = repository;
  }

  /** @throws WarehouseError `grant-keys.invalid` */
  static read(path: string, repository: string): GrantKeys {
    try {
      const { keys } = keysFile.parse(JSON.parse(readFileSync(path, 'utf8')));
      const trusted = keys.map(({ issuer, key }): [KeyId, GrantKey] => {
        const publicKey = key as PublicKey;
        if (!isSupportedKey(publicKey)) throw new Error(`keys of scheme ${key.scheme} are not known`);
        return [keyIdOf(publicKey), grantKey(issuer, publicKey)];
      });
      return new GrantKeys(new Map(trusted), repository);
    } catch (cause) {
      throw new WarehouseError(
        'grant-keys.invalid',
        'the trusted grant keys cannot be read',
        { path },
        { cause },
      );
    }
  }

  /** @param envelope canonical bytes of a signed grant; @throws GrantError */
  verify(envelope: Uint8Array): VerifiedGrant {
    return verifyGrant(envelope, this.trusted, { repository: this.repository });
  }
}
