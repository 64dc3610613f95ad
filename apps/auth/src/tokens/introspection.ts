import type { Sql } from '@rind/database';
import type { Clock } from '@rind/kernel';
import { audit } from '../audit/audit-log.ts';
import { AuthError } from '../errors.ts';
import type { AuthErrorCode } from '../errors.ts';
import { actorOf } from '../trusted-publishing/publisher-claims.ts';
import type { Publishers } from '../trusted-publishing/publishers.ts';
import type { TokenVerifier, VerifiedToken } from './token-verifier.ts';

export type IntrospectionAnswer =
  | {
      readonly active: true;
      readonly tokenId: string;
      /** Whom it was given to: an account, or a trusted publisher. */
      readonly user: { readonly id: string; readonly username: string };
    }
  | { readonly active: false; readonly code: AuthErrorCode };

/**
 * An early look at a token, before the gate reads a body: everything about it that needs neither project nor file.
 * A yes here promises nothing; the decision is taken when the grant is asked for.
 */
export class Introspection {
  private readonly sql: Sql;
  private readonly clock: Clock;
  private readonly verifier: TokenVerifier;
  private readonly publishers: Publishers;

  constructor(parts: { sql: Sql; clock: Clock; verifier: TokenVerifier; publishers: Publishers }) {
    this.publishers = parts.publishers;
    this.sql = parts.sql;
    this.clock = parts.clock;
    this.verifier = parts.verifier;
  }

  async of(text: string): Promise<IntrospectionAnswer> {
    try {
      const token = await this.verifier.verify(text);
      const { id: tokenId } = token;
      const holder = await this.holderOf(token);
      const refused = token.revoked ? 'token.revoked' : typeof holder === 'string' ? holder : null;
      const code = refused ?? this.verifier.failedCaveat(token, 'any upload');
      if (code === null && typeof holder !== 'string') return { active: true, tokenId, user: holder };
      // Tokens that we never minted are not written down: anybody could fill the log with them.
      const actor = token.holderName;
      await audit(this.sql, this.clock, { event: 'token.refused', actor, detail: { code, tokenId } });
      return { active: false, code: code! };
    } catch (error) {
      if (error instanceof AuthError && error.code !== 'seal.broken')
        return { active: false, code: error.code };
      throw error;
    }
  }

  /** Or why there is nobody. Which of several publishers it is, only the project tells. */
  private async holderOf({
    holder,
  }: VerifiedToken): Promise<{ readonly id: string; readonly username: string } | AuthErrorCode> {
    const { account, publisherIds } = holder;
    if (account !== null) {
      return account.disabled ? 'account.disabled' : { id: account.id, username: account.username };
    }
    const [publisher] = await this.publishers.stillTrusted(this.sql, publisherIds);
    return publisher === undefined
      ? 'publisher.removed'
      : { id: publisher.id, username: actorOf(publisher.claims) };
  }
}
