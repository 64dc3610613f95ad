import type { Sql } from '@rind/database';
import { fromUtf8, toHex, utf8 } from '@rind/kernel';
import type { AccountParts } from '../accounts/account-parts.ts';
import { knowsPassword } from '../accounts/password-proof.ts';
import { audit } from '../audit/audit-log.ts';
import { tooMany } from '../limits/rates.ts';
import type { Counted } from '../limits/rates.ts';
import { factorAdded, factorRemoved, recoveryCodeUsed, recoveryCodesMade } from '../mail/messages.ts';
import type { Message } from '../mail/messages.ts';
import type { Person, Visitor } from '../sessions/sessions.ts';
import type { HalfSession } from './half-sessions.ts';
import type { RecoveryCodesState } from './recovery-codes.ts';
import { checkCode, newTotpSecret } from './totp.ts';
import type { CodeOutcome } from './totp-factor.ts';

export interface FactorState extends RecoveryCodesState {
  readonly totp: boolean;
  readonly emailVerified: boolean;
}

export type EnrolOutcome = CodeOutcome | 'stale' | 'already' | 'not-allowed';

/** Whether an account has a second factor. */
export type HasFactor = (sql: Sql, accountId: string) => Promise<boolean>;

/** Enrolling, using and removing second factors. Whatever is done with them is mailed and stands in the log. */
export class SecondFactor {
  private readonly parts: AccountParts;

  constructor(parts: AccountParts) {
    this.parts = parts;
  }

  /** Whether the account has a second factor. */
  isEnrolled(sql: Sql, accountId: string): Promise<boolean> {
    return this.parts.totp.isEnrolled(sql, accountId);
  }

  async state(accountId: string): Promise<FactorState> {
    const { sql, recoveryCodes, totp, emails } = this.parts;
    const [codes, enrolled, email] = await Promise.all([
      recoveryCodes.state(sql, accountId),
      totp.isEnrolled(sql, accountId),
      emails.ofAccount(sql, accountId),
    ]);
    return { ...codes, totp: enrolled, emailVerified: email?.verified === true };
  }

  /**
   * Eight new codes, which are shown now and never again. Null: not the person's password.
   * @throws AuthError `rate.exceeded`, `auth.busy`
   */
  async makeCodes(person: Person, password: string, visitor: Visitor): Promise<readonly string[] | null> {
    const { sql, recoveryCodes } = this.parts;
    if (!(await knowsPassword(this.parts, person, password, visitor))) return null;
    return sql.transaction(async (tx) => {
      const codes = await recoveryCodes.renew(tx, person.accountId);
      await this.tell(tx, person, visitor, 'account.recovery-codes-made', recoveryCodesMade);
      return codes;
    });
  }

  /** Whether the person has the codes somewhere: one is used up to show it, before the first factor is enrolled. */
  async proveCode(person: Person, code: string, visitor: Visitor): Promise<boolean> {
    const { sql, recoveryCodes } = this.parts;
    await this.count(person.accountId, visitor);
    return sql.transaction(async (tx) => {
      if (!(await recoveryCodes.use(tx, person.accountId, code))) return false;
      await this.tell(tx, person, visitor, 'account.recovery-code-used', recoveryCodeUsed);
      return true;
    });
  }

  /** A secret for the form that enrols an app, readable by us alone and for this session alone. */
  offerTotp({ sessionId }: Person): { readonly secret: string; readonly sealed: string } {
    const secret = newTotpSecret();
    const sealed = this.parts.vault.seal('totp-offer', toHex(sessionId), utf8(secret));
    return { secret, sealed: sealed.toString('base64url') };
  }

  /** The secret of a form that comes back; null when it is not one of this session's. */
  offeredSecret({ sessionId }: Person, sealed: string): string | null {
    try {
      return fromUtf8(
        this.parts.vault.open('totp-offer', toHex(sessionId), Buffer.from(sealed, 'base64url')),
      );
    } catch {
      return null;
    }
  }

  async enrolTotp(person: Person, sealed: string, code: string, visitor: Visitor): Promise<EnrolOutcome> {
    const { sql, clock, totp } = this.parts;
    const state = await this.state(person.accountId);
    if (state.totp) return 'already';
    if (!state.proven || !state.emailVerified) return 'not-allowed';
    const secret = this.offeredSecret(person, sealed);
    if (secret === null) return 'stale';
    await this.count(person.accountId, visitor);
    const check = checkCode(secret, code, Math.floor(clock.nowMs() / 1_000));
    if (!check.ok) return check.offSeconds === null ? 'wrong' : { offSeconds: check.offSeconds };
    return sql.transaction(async (tx): Promise<EnrolOutcome> => {
      if (!(await totp.enrol(tx, person.accountId, secret, check.step))) return 'already';
      await this.tell(tx, person, visitor, 'account.factor-added', factorAdded);
      return 'ok';
    });
  }

  /** @throws AuthError `rate.exceeded`, `auth.busy` */
  async removeTotp(
    person: Person,
    password: string,
    code: string,
    visitor: Visitor,
  ): Promise<'removed' | 'wrong-password' | 'wrong'> {
    const { sql, totp } = this.parts;
    if (!(await knowsPassword(this.parts, person, password, visitor))) return 'wrong-password';
    await this.count(person.accountId, visitor);
    return sql.transaction(async (tx) => {
      if ((await this.useEither(tx, person, code, visitor)) !== 'ok') return 'wrong';
      await totp.remove(tx, person.accountId);
      await this.tell(tx, person, visitor, 'account.factor-removed', factorRemoved);
      return 'removed';
    });
  }

  /**
   * The second step of signing in: a code of the app, or a recovery code. Answers the session's cookie.
   * @throws AuthError `rate.exceeded`
   */
  async signIn(
    half: HalfSession,
    code: string,
    visitor: Visitor,
  ): Promise<{ readonly cookie: string } | Exclude<CodeOutcome, 'ok'>> {
    const { sql, clock, sessions, halfSessions, rates } = this.parts;
    const counted = await this.count(half.accountId, visitor);
    const outcome = await sql.transaction(async (tx) => {
      // Held until the session is there: whoever changes the password meanwhile ends that session too.
      const { rows } = await tx.query<{ username: string }>(
        'SELECT username FROM auth.account WHERE id = $1 FOR SHARE',
        [half.accountId],
      );
      const { username } = rows[0]!;
      const used = await this.useEither(tx, { accountId: half.accountId, username }, code, visitor);
      if (used !== 'ok') return used;
      if (!(await halfSessions.end(tx, half))) return 'reused';
      const cookie = await sessions.begin(tx, half.accountId, visitor, 'second-factor');
      await audit(tx, clock, {
        event: 'account.signed-in',
        actor: username,
        accountId: half.accountId,
        detail: { address: visitor.address, agent: visitor.agent, secondFactor: true },
      });
      return { cookie };
    });
    if (typeof outcome === 'object' && 'cookie' in outcome) {
      await rates.giveBack(...counted);
      return outcome;
    }
    const reason = typeof outcome === 'string' ? `second-factor-${outcome}` : 'second-factor-clock';
    await audit(sql, clock, {
      event: 'account.sign-in-refused',
      actor: null,
      accountId: half.accountId,
      detail: { address: visitor.address, reason },
    });
    return outcome;
  }

  /**
   * Proves again who somebody is who is signed in: by the second factor where there is one, else by the password.
   * @throws AuthError `rate.exceeded`, `auth.busy`
   */
  async proveAgain(
    person: Person,
    given: { readonly code: string; readonly password: string },
    visitor: Visitor,
  ): Promise<CodeOutcome | 'wrong-password'> {
    const { sql, clock, rates, sessions, totp } = this.parts;
    const by = (await totp.isEnrolled(sql, person.accountId)) ? 'second-factor' : 'password';
    const counted = by === 'second-factor' ? await this.count(person.accountId, visitor) : [];
    if (by === 'password' && !(await knowsPassword(this.parts, person, given.password, visitor)))
      return 'wrong-password';
    const outcome = await sql.transaction(async (tx): Promise<CodeOutcome> => {
      const used = by === 'password' ? 'ok' : await this.useEither(tx, person, given.code, visitor);
      if (used !== 'ok') return used;
      if (!(await sessions.prove(tx, person, by))) return 'wrong';
      await audit(tx, clock, {
        event: 'account.proven-again',
        actor: person.username,
        accountId: person.accountId,
        detail: { address: visitor.address, by },
      });
      return 'ok';
    });
    if (outcome === 'ok') await rates.giveBack(...counted);
    return outcome;
  }

  private async useEither(
    tx: Sql,
    person: Pick<Person, 'accountId' | 'username'>,
    code: string,
    visitor: Visitor,
  ): Promise<CodeOutcome> {
    const { totp, recoveryCodes } = this.parts;
    // Six digits are a code of the app; recovery codes are longer.
    if (code.replace(/[\s-]/g, '').length <= 8) return totp.use(tx, person.accountId, code);
    if (!(await recoveryCodes.use(tx, person.accountId, code))) return 'wrong';
    await this.tell(tx, person, visitor, 'account.recovery-code-used', recoveryCodeUsed);
    return 'ok';
  }

  /** Every try counts, right or wrong, and when counting fails nothing is tried. */
  private async count(accountId: string, visitor: Visitor): Promise<readonly Counted[]> {
    const counted: readonly Counted[] = [
      ['second-factor/account-from-address', accountId, visitor.address],
      ['second-factor/account', accountId],
    ];
    if (!(await this.parts.rates.take(...counted))) throw tooMany();
    return counted;
  }

  private async tell(
    tx: Sql,
    { accountId, username }: Pick<Person, 'accountId' | 'username'>,
    visitor: Visitor,
    event:
      | 'account.recovery-codes-made'
      | 'account.recovery-code-used'
      | 'account.factor-added'
      | 'account.factor-removed',
    message: (username: string, at: string, address: string) => Message,
  ): Promise<void> {
    const { clock, emails, outbox } = this.parts;
    await audit(tx, clock, { event, actor: username, accountId, detail: { address: visitor.address } });
    const email = await emails.ofAccount(tx, accountId);
    if (email === null) return;
    const at = new Date(clock.nowMs()).toUTCString();
    await outbox.put(tx, email.address, message(username, at, visitor.address));
  }
}
