import type { Sql } from '@rind/database';
import type { Clock, Randomness } from '@rind/kernel';
import { newSecret, readSecret } from '../protection/bearer-secret.ts';
import type { Vault } from '../protection/vault.ts';

/** What opening a link does. */
export type LinkPurpose = 'verify-email' | 'reset-password' | 'confirm-device';

export interface MailLinksParts {
  readonly vault: Vault;
  readonly clock: Clock;
  readonly randomness: Randomness;
}

const lifetimeMs: Readonly<Record<LinkPurpose, number>> = {
  'verify-email': 24 * 3_600_000,
  'reset-password': 3_600_000,
  'confirm-device': 30 * 60_000,
};

/** Links in mails: each good once, for one purpose, for a while, and for as long as what it speaks of is unchanged. */
export class MailLinks {
  private readonly parts: MailLinksParts;

  constructor(parts: MailLinksParts) {
    this.parts = parts;
  }

  /** @param about what the link is bound to besides its account, such as an address */
  async make(sql: Sql, purpose: LinkPurpose, accountId: string, about: string): Promise<string> {
    const { vault, clock, randomness } = this.parts;
    const secret = newSecret(accountId, randomness);
    const nowMs = clock.nowMs();
    await sql.query(
      `INSERT INTO auth.mail_link (id, purpose, account_id, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)`,
      [
        vault.mac(`link/${purpose}`, secret.text, about),
        purpose,
        accountId,
        new Date(nowMs),
        new Date(nowMs + lifetimeMs[purpose]),
      ],
    );
    return secret.text;
  }

  /** The account that a link claims to be of; only {@link use} says whether it is. */
  accountOf(text: string): string | null {
    return readSecret(text)?.subject ?? null;
  }

  /** Burns a link; of many at once one succeeds. Null: it is none, was used, or is too old. */
  async use(sql: Sql, purpose: LinkPurpose, text: string, about: string): Promise<string | null> {
    const secret = readSecret(text);
    if (secret === null) return null;
    const { rowCount } = await sql.query(
      `UPDATE auth.mail_link SET used_at = $4
        WHERE id = $1 AND purpose = $2 AND account_id = $3 AND used_at IS NULL AND expires_at > $4`,
      [
        this.parts.vault.mac(`link/${purpose}`, secret.text, about),
        purpose,
        secret.subject,
        new Date(this.parts.clock.nowMs()),
      ],
    );
    return rowCount === 1 ? secret.subject : null;
  }

  /** None of the account's works any more. */
  async burnAll(sql: Sql, purpose: LinkPurpose, accountId: string): Promise<void> {
    await sql.query(
      'UPDATE auth.mail_link SET used_at = $3 WHERE account_id = $1 AND purpose = $2 AND used_at IS NULL',
      [accountId, purpose, new Date(this.parts.clock.nowMs())],
    );
  }
}
