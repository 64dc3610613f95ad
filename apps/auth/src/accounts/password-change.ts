import type { Sql } from '@rind/database';
import { audit } from '../audit/audit-log.ts';
import { tooMany } from '../limits/rates.ts';
import { passwordChanged, resetPassword } from '../mail/messages.ts';
import type { Arrival, Person, Visitor } from '../sessions/sessions.ts';
import type { AccountParts } from './account-parts.ts';
import { knowsPassword } from './password-proof.ts';
import { refusePassword } from './password-rules.ts';
import type { PasswordRefusal } from './password-rules.ts';

export type ChangeOutcome = 'changed' | 'wrong-password' | PasswordRefusal;
export type ResetOutcome = 'changed' | 'bad-link' | PasswordRefusal;

interface Known {
  readonly id: string;
  readonly username: string;
}

/** New passwords: by the old one, or by a link that was mailed. Either signs everybody else out, and no other device is known any more. */
export class PasswordChange {
  private readonly parts: AccountParts;

  constructor(parts: AccountParts) {
    this.parts = parts;
  }

  /** @throws AuthError `rate.exceeded`, `auth.busy` */
  async change(person: Person, old: string, chosen: string, arrival: Arrival): Promise<ChangeOutcome> {
    const { sql, passwords } = this.parts;
    if (!(await knowsPassword(this.parts, person, old, arrival))) return 'wrong-password';
    const known = { id: person.accountId, username: person.username };
    const refused = await this.refuse(known, chosen);
    if (refused !== null) return refused;
    const sealed = await passwords.seal(chosen, known.id);
    await sql.transaction((tx) =>
      this.set(tx, known, sealed, arrival, { sessionId: person.sessionId, device: arrival.device }),
    );
    return 'changed';
  }

  /**
   * Mails a link to the account's verified address, if there is such an account and address. The answer is the same,
   * and comes before anything is looked up. @throws AuthError `rate.exceeded`
   */
  async forgot(usernameOrAddress: string, visitor: Visitor): Promise<void> {
    const { sql, rates, emails, links, outbox, origin } = this.parts;
    if (!(await rates.take(['mail/by-address', visitor.address]))) throw tooMany();
    const { rows } = await sql.query<Known>(
      `SELECT a.id, a.username FROM auth.account a JOIN auth.email e ON e.account_id = a.id
        WHERE a.disabled_at IS NULL AND e.verified_at IS NOT NULL AND (lower(a.username) = lower($1) OR lower(e.address) = lower($1))`,
      [usernameOrAddress],
    );
    const known = rows[0];
    const email = known === undefined ? null : await emails.ofAccount(sql, known.id);
    // Only an address with its proof: one that was written into the table is not mailed the key to the account.
    if (known === undefined || email?.verified !== true) return;
    if (!(await rates.take(['mail/to', email.address.toLowerCase()]))) return;
    await sql.transaction(async (tx) => {
      const token = await links.make(tx, 'reset-password', known.id, email.address.toLowerCase());
      const link = `${origin}/account/reset/?token=${token}`;
      await outbox.put(tx, email.address, resetPassword(known.username, link));
      await audit(tx, this.parts.clock, {
        event: 'account.reset-asked',
        actor: null,
        accountId: known.id,
        detail: { address: visitor.address },
      });
    });
  }

  /** @throws AuthError `auth.busy` */
  async reset(token: string, chosen: string, visitor: Visitor): Promise<ResetOutcome> {
    const { sql, emails, links, passwords } = this.parts;
    const accountId = links.accountOf(token);
    const known = accountId === null ? null : await this.find(sql, accountId);
    if (known === null) return 'bad-link';
    const refused = await this.refuse(known, chosen);
    if (refused !== null) return refused;
    const sealed = await passwords.seal(chosen, known.id);
    return sql.transaction(async (tx): Promise<ResetOutcome> => {
      const email = await emails.ofAccount(tx, known.id);
      if (email?.verified !== true) return 'bad-link';
      const used = await links.use(tx, 'reset-password', token, email.address.toLowerCase());
      if (used !== known.id) return 'bad-link';
      await this.set(tx, known, sealed, visitor, { sessionId: null, device: null });
      return 'changed';
    });
  }

  private async refuse(known: Known, chosen: string): Promise<PasswordRefusal | null> {
    const email = await this.parts.emails.ofAccount(this.parts.sql, known.id);
    const refused = refusePassword(chosen, [known.username, ...(email === null ? [] : [email.address])]);
    if (refused !== null) return refused;
    return (await this.parts.breached.isBreached(chosen)) ? 'breached' : null;
  }

  /** @param but the session that goes on, and the cookie of its device */
  private async set(
    tx: Sql,
    known: Known,
    sealed: Buffer,
    visitor: Visitor,
    but: { readonly sessionId: Buffer | null; readonly device: string | null },
  ): Promise<void> {
    const { clock, sessions, halfSessions, devices, links, emails, outbox } = this.parts;
    const now = new Date(clock.nowMs());
    await tx.query('UPDATE auth.account SET password_sealed = $2, password_changed_at = $3 WHERE id = $1', [
      known.id,
      sealed,
      now,
    ]);
    const ended = await sessions.endAll(tx, known.id, but.sessionId);
    const forgotten = await devices.forgetAll(tx, known.id, but.device);
    await halfSessions.endAll(tx, known.id);
    await links.burnAll(tx, 'reset-password', known.id);
    await links.burnAll(tx, 'confirm-device', known.id);
    await audit(tx, clock, {
      event: 'account.password-changed',
      actor: known.username,
      accountId: known.id,
      detail: { address: visitor.address, sessionsEnded: ended, devicesForgotten: forgotten },
    });
    const email = await emails.ofAccount(tx, known.id);
    if (email === null) return;
    await outbox.put(tx, email.address, passwordChanged(known.username, now.toUTCString(), visitor.address));
  }

  private async find(sql: Sql, accountId: string): Promise<Known | null> {
    const { rows } = await sql.query<Known>(
      'SELECT id, username FROM auth.account WHERE id = $1 AND disabled_at IS NULL',
      [accountId],
    );
    return rows[0] ?? null;
  }
}
