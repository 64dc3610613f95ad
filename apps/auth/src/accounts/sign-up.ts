import type { Sql } from '@rind/database';
import { uuidV4 } from '@rind/kernel';
import { audit } from '../audit/audit-log.ts';
import { tooMany } from '../limits/rates.ts';
import { alreadyHere, emailVerified, verifyEmail } from '../mail/messages.ts';
import type { Person, Visitor } from '../sessions/sessions.ts';
import type { AccountParts } from './account-parts.ts';
import { isUsername } from './account-table.ts';
import { isEmailAddress } from './email-address.ts';
import { refusePassword } from './password-rules.ts';
import type { PasswordRefusal } from './password-rules.ts';

export interface SignUpForm {
  readonly username: string;
  readonly email: string;
  readonly password: string;
}

/** Why a field is not taken; an empty object when all are. */
export interface SignUpRefusals {
  readonly username?: 'invalid' | 'taken';
  readonly email?: 'invalid';
  readonly password?: PasswordRefusal;
}

/** New accounts, and the proof that their address is theirs. */
export class SignUp {
  private readonly parts: AccountParts;

  constructor(parts: AccountParts) {
    this.parts = parts;
  }

  /**
   * Makes the account and mails a link. Whether somebody has the address already is told to that address alone.
   * @throws AuthError `rate.exceeded`, `auth.busy`
   */
  async perform(form: SignUpForm, visitor: Visitor): Promise<SignUpRefusals> {
    const { sql, clock, randomness, rates, emails, passwords, breached } = this.parts;
    if (!(await rates.take(['sign-up/address', visitor.address]))) throw tooMany();
    const refusals = refusalsOf(form);
    if (Object.keys(refusals).length > 0) return refusals;
    if (await breached.isBreached(form.password)) return { password: 'breached' };
    const id = uuidV4(randomness);
    const sealed = await passwords.seal(form.password, id);
    return sql.transaction(async (tx): Promise<SignUpRefusals> => {
      const now = new Date(clock.nowMs());
      const inserted = await tx.query(
        `INSERT INTO auth.account (id, username, created_at, password_sealed, password_changed_at)
         VALUES ($1, $2, $3, $4, $3) ON CONFLICT (lower(username)) DO NOTHING`,
        [id, form.username, now, sealed],
      );
      if (inserted.rowCount !== 1) return { username: 'taken' };
      await emails.add(tx, id, form.email);
      await audit(tx, clock, {
        event: 'account.created',
        actor: form.username,
        accountId: id,
        detail: { username: form.username, address: visitor.address },
      });
      await this.mailLink(tx, id, form.username, form.email);
      return {};
    });
  }

  /** Mails another link. @throws AuthError `rate.exceeded` */
  async sendAgain({ accountId, username }: Person, visitor: Visitor): Promise<void> {
    const { sql, emails, rates } = this.parts;
    const email = await emails.ofAccount(sql, accountId);
    if (email === null || email.verified) return;
    const taken = await rates.take(
      ['mail/by-address', visitor.address],
      ['mail/to', email.address.toLowerCase()],
    );
    if (!taken) throw tooMany();
    await sql.transaction((tx) => this.mailLink(tx, accountId, username, email.address));
  }

  /** False: the link is not good, or not for this person. */
  async verify({ accountId, username }: Person, token: string): Promise<boolean> {
    const { sql, clock, emails, links, outbox } = this.parts;
    if (links.accountOf(token) !== accountId) return false;
    return sql.transaction(async (tx) => {
      const email = await emails.ofAccount(tx, accountId);
      if (email === null) return false;
      const about = email.address.toLowerCase();
      if ((await links.use(tx, 'verify-email', token, about)) === null) return false;
      if (!(await emails.verify(tx, email))) return false;
      await links.burnAll(tx, 'verify-email', accountId);
      await audit(tx, clock, { event: 'account.email-verified', actor: username, accountId });
      await outbox.put(tx, email.address, emailVerified(username, new Date(clock.nowMs()).toUTCString()));
      return true;
    });
  }

  private async mailLink(tx: Sql, accountId: string, username: string, address: string): Promise<void> {
    const { emails, links, outbox, origin } = this.parts;
    const holder = await emails.holder(tx, address);
    if (holder !== null) {
      const { rows } = await tx.query<{ username: string }>(
        'SELECT username FROM auth.account WHERE id = $1',
        [holder.accountId],
      );
      await outbox.put(tx, holder.address, alreadyHere(rows[0]!.username, `${origin}/account/forgot/`));
      return;
    }
    const token = await links.make(tx, 'verify-email', accountId, address.toLowerCase());
    await outbox.put(tx, address, verifyEmail(username, `${origin}/account/verify-email/?token=${token}`));
  }
}

function refusalsOf({ username, email, password }: SignUpForm): SignUpRefusals {
  const refused = refusePassword(password, [username, email]);
  return {
    ...(isUsername(username) ? {} : { username: 'invalid' as const }),
    ...(isEmailAddress(email) ? {} : { email: 'invalid' as const }),
    ...(refused === null ? {} : { password: refused }),
  };
}
