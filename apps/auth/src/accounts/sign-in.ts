import type { Sql } from '@rind/database';
import { audit } from '../audit/audit-log.ts';
import { KnownDevices } from '../devices/known-devices.ts';
import { tooMany } from '../limits/rates.ts';
import type { Counted } from '../limits/rates.ts';
import { isEnrolled } from '../second-factor/enrolment.ts';
import type { Arrival, Person, SignedIn } from '../sessions/sessions.ts';
import type { AccountParts } from './account-parts.ts';

export interface SignInForm {
  readonly username: string;
  readonly password: string;
}

/** A session, or where there is a second factor the way to it. */
export type SignInOutcome = SignedIn | { readonly halfCookie: string } | null;

interface AccountRow {
  readonly id: string;
  readonly username: string;
  readonly disabled: boolean;
  readonly password_sealed: Buffer | null;
}

/** Signing in with a password, and out. */
export class SignIn {
  private readonly parts: AccountParts;
  private readonly devices: KnownDevices;

  constructor(parts: AccountParts) {
    this.parts = parts;
    this.devices = new KnownDevices(parts);
  }

  /**
   * The new cookies, or null: no such name, another password, or a disabled account, which look alike and take
   * as long. @throws AuthError `rate.exceeded`, `auth.busy`
   */
  async perform({ username, password }: SignInForm, arrival: Arrival): Promise<SignInOutcome> {
    const { sql, clock, rates, passwords, sessions, halfSessions } = this.parts;
    const counted: readonly Counted[] = [
      ['sign-in/user-from-address', username.toLowerCase(), arrival.address],
      ['sign-in/address', arrival.address],
      ['sign-in/everybody'],
    ];
    if (!(await rates.take(...counted))) throw tooMany();
    const account = await this.find(username);
    const matches = await passwords.matches(password, account?.id ?? '', account?.password_sealed ?? null);
    if (account === null || account.disabled || !matches) {
      const accountId = account?.id;
      await audit(sql, clock, {
        event: 'account.sign-in-refused',
        actor: null,
        ...(accountId === undefined ? {} : { accountId }),
        detail: { address: arrival.address, reason: reasonOf(account) },
      });
      return null;
    }
    await rates.giveBack(...counted);
    return sql.transaction(async (tx): Promise<SignInOutcome> => {
      if (!(await this.isStill(tx, account))) return null;
      if (await isEnrolled(this.parts, tx, account.id)) {
        return { halfCookie: await halfSessions.begin(tx, account.id) };
      }
      const cookie = await sessions.begin(tx, account.id, arrival, 'password');
      await audit(tx, clock, {
        event: 'account.signed-in',
        actor: account.username,
        accountId: account.id,
        detail: { address: arrival.address, agent: arrival.agent },
      });
      const who = { accountId: account.id, username: account.username };
      return { cookie, device: await this.devices.arrive(tx, who, arrival) };
    });
  }

  async signOut({ accountId, username, sessionId }: Person): Promise<void> {
    const { sql, clock, sessions } = this.parts;
    await sql.transaction(async (tx) => {
      await sessions.end(tx, sessionId);
      await audit(tx, clock, { event: 'account.signed-out', actor: username, accountId });
    });
  }

  /** Everywhere but here. Answers how many sessions ended. */
  async signOutElsewhere({ accountId, username, sessionId }: Person): Promise<number> {
    const { sql, clock, sessions } = this.parts;
    return sql.transaction(async (tx) => {
      const ended = await sessions.endAll(tx, accountId, sessionId);
      const detail = { everywhere: true, sessions: ended };
      await audit(tx, clock, { event: 'account.signed-out', actor: username, accountId, detail });
      return ended;
    });
  }

  /** Holds the account until the session is there: whoever changes the password meanwhile ends that session too. */
  private async isStill(tx: Sql, { id, password_sealed }: AccountRow): Promise<boolean> {
    const { rows } = await tx.query(
      'SELECT 1 FROM auth.account WHERE id = $1 AND password_sealed = $2 AND disabled_at IS NULL FOR SHARE',
      [id, password_sealed],
    );
    return rows.length === 1;
  }

  private async find(username: string): Promise<AccountRow | null> {
    const { rows } = await this.parts.sql.query<AccountRow>(
      `SELECT id, username, disabled_at IS NOT NULL AS disabled, password_sealed
         FROM auth.account WHERE lower(username) = lower($1)`,
      [username],
    );
    return rows[0] ?? null;
  }
}

function reasonOf(account: AccountRow | null): string {
  if (account === null) return 'no-such-account';
  return account.disabled ? 'disabled' : 'password';
}
