import type { Sql } from '@rind/database';
import { AuthError } from '../errors.ts';
import type { AccountParts } from './account-parts.ts';
import { isEmailAddress } from './email-address.ts';

/** How the operator gives somebody the first password, and vouches for an address. Never another one. */
export class FirstPassword {
  private readonly parts: Pick<AccountParts, 'clock' | 'emails' | 'passwords'>;

  constructor(parts: Pick<AccountParts, 'clock' | 'emails' | 'passwords'>) {
    this.parts = parts;
  }

  /** Does nothing where there is a password. @throws AuthError `account.email-invalid`, `auth.busy` */
  async set(sql: Sql, accountId: string, password: string, email: string | null): Promise<void> {
    const { clock, emails, passwords } = this.parts;
    if (email !== null && !isEmailAddress(email)) {
      throw new AuthError('account.email-invalid', 'not an e-mail address', {});
    }
    const sealed = await passwords.seal(password, accountId);
    const { rowCount } = await sql.query(
      `UPDATE auth.account SET password_sealed = $2, password_changed_at = $3
        WHERE id = $1 AND password_sealed IS NULL`,
      [accountId, sealed, new Date(clock.nowMs())],
    );
    if (rowCount !== 1 || email === null || (await emails.ofAccount(sql, accountId)) !== null) return;
    await emails.verify(sql, await emails.add(sql, accountId, email));
  }
}
