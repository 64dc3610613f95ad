import type { Sql } from '@rind/database';
import type { AccountParts } from '../accounts/account-parts.ts';
import { knowsPassword } from '../accounts/password-proof.ts';
import { audit } from '../audit/audit-log.ts';
import { DeviceConfirmation } from '../devices/device-confirmation.ts';
import { tooMany } from '../limits/rates.ts';
import type { Arrival, Person, SignedIn, Visitor } from '../sessions/sessions.ts';
import { isEnrolled } from './enrolment.ts';
import { countTry, useCode } from './factor-tries.ts';
import type { HalfSession } from './half-sessions.ts';
import type { AssertionAnswer } from './passkey-answer.ts';
import { Passkeys } from './passkeys.ts';
import type { Asked, PasskeyOutcome } from './passkeys.ts';
import type { CodeOutcome } from './totp-factor.ts';

/** A code of the app or a recovery code as it was typed, or what a browser answers for a passkey. */
export type GivenFactor = { readonly code: string } | { readonly passkey: AssertionAnswer };
export type ProofOutcome = CodeOutcome | PasskeyOutcome;
/** `mailed`: it was right, and now waits for the link that was mailed. */
export type SecondStepOutcome = SignedIn | 'mailed' | Exclude<ProofOutcome, 'ok'>;

/** Proving who one is by a second factor: to sign in, and again before what is sensitive. */
export class FactorProof {
  private readonly parts: AccountParts;
  private readonly passkeys: Passkeys;
  private readonly confirmation: DeviceConfirmation;

  constructor(parts: AccountParts) {
    this.parts = parts;
    this.passkeys = new Passkeys(parts);
    this.confirmation = new DeviceConfirmation(parts);
  }

  /**
   * The second step of signing in. A passkey cannot be given to somebody else's page, so it makes its device known; a
   * code can, and from a device that is not known it is not enough ({@link DeviceConfirmation}).
   * @param next where the sign-in leads
   * @throws AuthError `rate.exceeded`, `vault.broken`
   */
  async signIn(
    half: HalfSession,
    given: GivenFactor,
    visitor: Arrival,
    next: string,
  ): Promise<SecondStepOutcome> {
    const { sql, clock, sessions, halfSessions, devices, rates } = this.parts;
    const { accountId, id: asker } = half;
    const counted = await countTry(rates, accountId, visitor);
    const outcome = await sql.transaction(async (tx) => {
      // Held until the session is there: whoever changes the password meanwhile ends that session too.
      const { rows } = await tx.query<{ username: string }>(
        'SELECT username FROM auth.account WHERE id = $1 FOR SHARE',
        [accountId],
      );
      const { username } = rows[0]!;
      const used = await this.use(tx, { accountId, username, asker }, 'sign-in', given, visitor);
      if (used !== 'ok') return used;
      const known = 'passkey' in given || (await devices.isKnown(tx, accountId, visitor.device));
      if (!known) {
        const asked = await this.confirmation.ask(tx, half, username, visitor, next);
        if (asked !== 'no-address') return asked;
      }
      if (!(await halfSessions.end(tx, half))) return 'reused';
      const cookie = await sessions.begin(tx, accountId, visitor, 'second-factor');
      await audit(tx, clock, {
        event: 'account.signed-in',
        actor: username,
        accountId,
        detail: {
          address: visitor.address,
          agent: visitor.agent,
          secondFactor: true,
          ...('passkey' in given ? { passkey: true } : {}),
        },
      });
      // Not where nobody could be asked: such a device stays unknown.
      const device = known ? await devices.remember(tx, accountId, visitor.device, visitor) : null;
      return { cookie, device };
    });
    if (outcome === 'limited') throw tooMany();
    if (outcome === 'mailed' || (typeof outcome === 'object' && 'cookie' in outcome)) {
      await rates.giveBack(...counted);
      return outcome;
    }
    const reason = typeof outcome === 'string' ? `second-factor-${outcome}` : 'second-factor-clock';
    await audit(sql, clock, {
      event: 'account.sign-in-refused',
      actor: null,
      accountId,
      detail: { address: visitor.address, reason },
    });
    return outcome;
  }

  /**
   * Proves again who somebody is who is signed in: by the second factor where there is one, else by the password.
   * @throws AuthError `rate.exceeded`, `auth.busy`, `vault.broken`
   */
  async again(
    person: Person,
    given: GivenFactor & { readonly password?: string },
    visitor: Visitor,
  ): Promise<ProofOutcome | 'wrong-password'> {
    const { sql, clock, rates, sessions } = this.parts;
    const by = (await isEnrolled(this.parts, sql, person.accountId)) ? 'second-factor' : 'password';
    const counted = by === 'second-factor' ? await countTry(rates, person.accountId, visitor) : [];
    if (by === 'password' && !(await knowsPassword(this.parts, person, given.password ?? '', visitor)))
      return 'wrong-password';
    const asked = { ...person, asker: person.sessionId };
    const outcome = await sql.transaction(async (tx): Promise<ProofOutcome> => {
      const used = by === 'password' ? 'ok' : await this.use(tx, asked, 'sudo', given, visitor);
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

  private use(
    tx: Sql,
    asked: Asked,
    purpose: 'sign-in' | 'sudo',
    given: GivenFactor,
    visitor: Visitor,
  ): Promise<ProofOutcome> {
    if ('passkey' in given) return this.passkeys.prove(tx, asked, purpose, given.passkey, visitor);
    return useCode(this.parts, tx, asked, given.code, visitor);
  }
}
