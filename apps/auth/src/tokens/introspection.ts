import type { Sql } from '@rind/database';
import type { Clock } from '@rind/kernel';
import { audit } from '../audit/audit-log.ts';
import { AuthError } from '../errors.ts';
import type { AuthErrorCode } from '../errors.ts';
import type { TokenVerifier } from './token-verifier.ts';

export type IntrospectionAnswer =
  | {
      readonly active: true;
      readonly tokenId: string;
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

  constructor(parts: { sql: Sql; clock: Clock; verifier: TokenVerifier }) {
    this.sql = parts.sql;
    this.clock = parts.clock;
    this.verifier = parts.verifier;
  }

  async of(text: string): Promise<IntrospectionAnswer> {
    try {
      const token = await this.verifier.verify(text);
      const { account, id: tokenId } = token;
      const code = token.revoked
        ? 'token.revoked'
        : account.disabled
          ? 'account.disabled'
          : this.verifier.failedCaveat(token, 'any upload');
      if (code === null)
        return { active: true, tokenId, user: { id: account.id, username: account.username } };
      // Tokens that we never minted are not written down: anybody could fill the log with them.
      const actor = account.username;
      await audit(this.sql, this.clock, { event: 'token.refused', actor, detail: { code, tokenId } });
      return { active: false, code };
    } catch (error) {
      if (error instanceof AuthError && error.code !== 'seal.broken')
        return { active: false, code: error.code };
      throw error;
    }
  }
}
