import { readFileSync } from 'node:fs';
import { parseGrantKeys, verifyGrant } from '@rind/index-model';
import type { GrantKey, VerifiedGrant } from '@rind/index-model';
import type { KeyId } from '@rind/kernel';
import { WarehouseError } from '../errors.ts';

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
      return new GrantKeys(parseGrantKeys(readFileSync(path, 'utf8')), repository);
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
