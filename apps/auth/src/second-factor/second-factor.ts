import { fromUtf8, toHex, utf8 } from '@rind/kernel';
import type { AccountParts } from '../accounts/account-parts.ts';
import { knowsPassword } from '../accounts/password-proof.ts';
import { factorAdded, factorRemoved, recoveryCodesMade } from '../mail/messages.ts';
import type { Person, Visitor } from '../sessions/sessions.ts';
import { enrolledFactors, isEnrolled } from './enrolment.ts';
import type { EnrolledFactors } from './enrolment.ts';
import { codeUsed, tell } from './factor-notice.ts';
import { countTry, useCode } from './factor-tries.ts';
import type { ListedPasskey } from './passkey-factor.ts';
import type { RecoveryCodesState } from './recovery-codes.ts';
import { checkCode, newTotpSecret } from './totp.ts';
import type { CodeOutcome } from './totp-factor.ts';

export interface FactorState extends RecoveryCodesState {
  readonly totp: boolean;
  readonly passkeys: readonly ListedPasskey[];
  readonly emailVerified: boolean;
}

export type EnrolOutcome = CodeOutcome | 'stale' | 'already' | 'not-allowed';

/** Enrolling, using and removing second factors. Whatever is done with them is mailed and stands in the log. */
export class SecondFactor {
  private readonly parts: AccountParts;

  constructor(parts: AccountParts) {
    this.parts = parts;
  }

  async state(accountId: string): Promise<FactorState> {
    const { sql, recoveryCodes, totp, passkeys, emails } = this.parts;
    const [codes, enrolled, listed, email] = await Promise.all([
      recoveryCodes.state(sql, accountId),
      totp.isEnrolled(sql, accountId),
      passkeys.list(sql, accountId),
      emails.ofAccount(sql, accountId),
    ]);
    return { ...codes, totp: enrolled, passkeys: listed, emailVerified: email?.verified === true };
  }

  /** What somebody may prove who owes a second factor. */
  enrolled(accountId: string): Promise<EnrolledFactors> {
    return enrolledFactors(this.parts, this.parts.sql, accountId);
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
      await tell(this.parts, tx, person, visitor, {
        event: 'account.recovery-codes-made',
        message: recoveryCodesMade,
      });
      return codes;
    });
  }

  /** Whether the person has the codes somewhere: one is used up to show it, before the first factor is enrolled. */
  async proveCode(person: Person, code: string, visitor: Visitor): Promise<boolean> {
    const { sql, recoveryCodes } = this.parts;
    await countTry(this.parts.rates, person.accountId, visitor);
    return sql.transaction(async (tx) => {
      if (!(await recoveryCodes.use(tx, person.accountId, code))) return false;
      await tell(this.parts, tx, person, visitor, codeUsed);
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
    await countTry(this.parts.rates, person.accountId, visitor);
    const check = checkCode(secret, code, Math.floor(clock.nowMs() / 1_000));
    if (!check.ok) return check.offSeconds === null ? 'wrong' : { offSeconds: check.offSeconds };
    return sql.transaction(async (tx): Promise<EnrolOutcome> => {
      if (!(await totp.enrol(tx, person.accountId, secret, check.step))) return 'already';
      await tell(this.parts, tx, person, visitor, { event: 'account.factor-added', message: factorAdded });
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
    await countTry(this.parts.rates, person.accountId, visitor);
    return sql.transaction(async (tx) => {
      if ((await useCode(this.parts, tx, person, code, visitor)) !== 'ok') return 'wrong';
      await totp.remove(tx, person.accountId);
      const left = await isEnrolled(this.parts, tx, person.accountId);
      const notice = { event: 'account.factor-removed', message: factorRemoved(left) } as const;
      await tell(this.parts, tx, person, visitor, notice);
      return 'removed';
    });
  }
}
