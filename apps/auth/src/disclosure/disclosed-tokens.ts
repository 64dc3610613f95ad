import { parseJson } from '@rind/canonical-json';
import type { Sql } from '@rind/database';
import type { AccountParts } from '../accounts/account-parts.ts';
import { audit } from '../audit/audit-log.ts';
import { AuthError } from '../errors.ts';
import { tokenDisclosed } from '../mail/messages.ts';
import { revokeToken } from '../tokens/token-table.ts';
import type { TokenVerifier, VerifiedToken } from '../tokens/token-verifier.ts';

/** One that somebody found where it should not be. */
export interface Disclosure {
  readonly token: string;
  /** Where; empty when it was not said, or cannot be shown. */
  readonly url: string;
}

const maxDisclosures = 500;
const maxDepth = 4;

/** @throws AuthError `disclosure.malformed`: no list of objects with a token each */
export function readDisclosures(body: Uint8Array): readonly Disclosure[] {
  let value: unknown;
  try {
    value = parseJson(body, { maxBytes: body.length, maxDepth, floats: 'allow' });
  } catch (cause) {
    throw malformed(cause);
  }
  if (!Array.isArray(value) || value.length > maxDisclosures) throw malformed();
  return value.map((entry: unknown) => {
    const { token, url } = (entry ?? {}) as { token?: unknown; url?: unknown };
    if (typeof token !== 'string') throw malformed();
    // It goes into a mail: an address of the web, in one line, or nothing.
    const shown = typeof url === 'string' && /^https?:\/\/[!-~]{1,500}$/.test(url) ? url : '';
    return { token: /pypi-[A-Za-z0-9_=-]+/.exec(token)?.[0] ?? '', url: shown };
  });
}

/** Revokes tokens that leaked. Only a token whose signature is ours is one: nobody can revoke another's by its id. */
export class DisclosedTokens {
  private readonly parts: Pick<AccountParts, 'sql' | 'clock' | 'emails' | 'outbox'>;
  private readonly verifier: TokenVerifier;

  constructor(parts: Pick<AccountParts, 'sql' | 'clock' | 'emails' | 'outbox'>, verifier: TokenVerifier) {
    this.parts = parts;
    this.verifier = verifier;
  }

  async revoke({ token: text, url }: Disclosure): Promise<void> {
    const token = await this.verifier.verifyOrNull(text);
    if (token === null) return;
    await this.parts.sql.transaction((tx) => this.revokeWithin(tx, token, url));
  }

  private async revokeWithin(tx: Sql, token: VerifiedToken, url: string): Promise<void> {
    const { clock, emails, outbox } = this.parts;
    const now = new Date(clock.nowMs());
    const description = await revokeToken(tx, token.id, now);
    if (description === null) return;
    const { account } = token.holder;
    await audit(tx, clock, {
      ...{ event: 'token.disclosed', actor: token.holderName, detail: { tokenId: token.id, url } },
      ...(account === null ? {} : { accountId: account.id }),
    });
    const email = account === null ? null : await emails.ofAccount(tx, account.id);
    if (account === null || email === null) return;
    // Also to an address that is not confirmed: whoever reads it can only be warned by it.
    const message = tokenDisclosed(account.username, description, now.toUTCString(), url);
    await outbox.put(tx, email.address, message);
  }
}

function malformed(cause?: unknown): AuthError {
  return new AuthError('disclosure.malformed', 'not a list of tokens in JSON', {}, { cause });
}
