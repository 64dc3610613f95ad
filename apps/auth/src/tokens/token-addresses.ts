import type { AccountParts } from '../accounts/account-parts.ts';
import { audit } from '../audit/audit-log.ts';
import { tokenUsedElsewhere } from '../mail/messages.ts';
import type { Account } from '../accounts/account-table.ts';

/** A token that was used. */
export interface UsedToken {
  readonly id: string;
  readonly account: Account;
}

/** Where tokens are used from: the owner is told of an address that is new for one. */
export class TokenAddresses {
  private readonly parts: Pick<AccountParts, 'sql' | 'vault' | 'clock' | 'rates' | 'emails' | 'outbox'>;

  constructor(parts: Pick<AccountParts, 'sql' | 'vault' | 'clock' | 'rates' | 'emails' | 'outbox'>) {
    this.parts = parts;
  }

  /** To be called when something was uploaded. @param remote the sender's address */
  async used(token: UsedToken, remote: string): Promise<void> {
    const { sql, vault, clock, rates, emails, outbox } = this.parts;
    const { id, account } = token;
    const now = new Date(clock.nowMs());
    const seen = vault.mac('token-address', id, remote);
    const { rows } = await sql.query(
      'SELECT 1 FROM auth.token_address WHERE token_id = $1 AND address = $2',
      [id, seen],
    );
    if (rows.length > 0) return;
    // Machines of a build farm have new addresses all day: the log has them all, mails are limited.
    const mailed = await rates.take(['mail/token-address', id]);
    await sql.transaction(async (tx) => {
      const { rowCount } = await tx.query(
        'INSERT INTO auth.token_address (token_id, address, seen_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
        [id, seen, now],
      );
      if (rowCount !== 1) return;
      await audit(tx, clock, {
        event: 'token.used-elsewhere',
        actor: account.username,
        accountId: account.id,
        detail: { tokenId: id, address: remote, mailed },
      });
      const email = mailed ? await emails.ofAccount(tx, account.id) : null;
      if (email?.verified !== true) return;
      const described = await tx.query<{ description: string }>(
        'SELECT description FROM auth.token WHERE id = $1',
        [id],
      );
      const { description } = described.rows[0]!;
      const message = tokenUsedElsewhere(account.username, description, now.toUTCString(), remote);
      await outbox.put(tx, email.address, message);
    });
  }
}
