import type { Sql } from '@rind/database';
import type { AccountParts } from '../accounts/account-parts.ts';
import { tooMany } from '../limits/rates.ts';
import { passkeyAdded, passkeyCloned, passkeyRemoved } from '../mail/passkey-messages.ts';
import type { Person, Visitor } from '../sessions/sessions.ts';
import { isEnrolled } from './enrolment.ts';
import { tell } from './factor-notice.ts';
import type { AssertionAnswer, RegistrationAnswer } from './passkey-answer.ts';
import type { AssertionOptions, RegistrationOptions } from './passkey-ceremonies.ts';
import type { PasskeyPurpose } from './passkey-challenges.ts';
import type { AddOutcome } from './passkey-factor.ts';

/** Who is asked for a passkey: somebody signed in, or half-way in, and the id of that session. */
export interface Asked {
  readonly accountId: string;
  readonly username: string;
  readonly asker: Uint8Array;
}

/** `not-allowed`: the address is not confirmed, or no recovery code was shown to be kept. */
export type AddRefusal = Exclude<AddOutcome, object> | 'not-allowed' | 'name-invalid';

/** `cloned`: its counter went back; the person has been told. */
export type PasskeyOutcome = 'ok' | 'wrong' | 'cloned';

const mostNameChars = 64;

/** Adding, using and removing passkeys. Whatever is done with them is mailed and stands in the log. */
export class Passkeys {
  private readonly parts: AccountParts;

  constructor(parts: AccountParts) {
    this.parts = parts;
  }

  /**
   * What a browser needs to make a passkey, if one of that name can be added.
   * @throws AuthError `rate.exceeded`
   */
  async addOptions(
    person: Person,
    typedName: string,
    visitor: Visitor,
  ): Promise<RegistrationOptions | AddRefusal> {
    const { sql, passkeys } = this.parts;
    const { accountId, username, sessionId } = person;
    const name = passkeyName(typedName);
    if (name === null) return 'name-invalid';
    if (!(await this.mayAdd(accountId))) return 'not-allowed';
    const refused = await passkeys.refuse(sql, accountId, name);
    if (refused !== null) return refused;
    await this.countAsked(accountId, visitor);
    return passkeys.addOptions(sql, { id: accountId, username }, sessionId);
  }

  async add(
    person: Person,
    typedName: string,
    answer: RegistrationAnswer,
    visitor: Visitor,
  ): Promise<AddRefusal | 'ok'> {
    const { sql, passkeys } = this.parts;
    const name = passkeyName(typedName);
    if (name === null) return 'name-invalid';
    if (!(await this.mayAdd(person.accountId))) return 'not-allowed';
    return sql.transaction(async (tx): Promise<AddRefusal | 'ok'> => {
      const added = await passkeys.add(tx, person.accountId, person.sessionId, name, answer);
      if (typeof added === 'string') return added;
      await tell(this.parts, tx, person, visitor, {
        event: 'account.passkey-added',
        message: passkeyAdded(name),
        detail: { passkey: added.id },
      });
      return 'ok';
    });
  }

  /** What a browser needs to prove one of the account's passkeys. @throws AuthError `rate.exceeded` */
  async options(
    { accountId, asker }: Pick<Asked, 'accountId' | 'asker'>,
    purpose: Exclude<PasskeyPurpose, 'add'>,
    visitor: Visitor,
  ): Promise<AssertionOptions> {
    const { sql, passkeys } = this.parts;
    await this.countAsked(accountId, visitor);
    return passkeys.options(sql, accountId, purpose, asker);
  }

  /**
   * Whether somebody has one of their passkeys at hand. The caller has counted the try (`countTry`), and commits `tx`
   * whatever the answer is: what was used up stays so, and a clone is told of.
   * @throws AuthError `vault.broken`: the row was tampered with
   */
  async prove(
    tx: Sql,
    asked: Asked,
    purpose: Exclude<PasskeyPurpose, 'add'>,
    answer: AssertionAnswer,
    visitor: Visitor,
  ): Promise<PasskeyOutcome> {
    const { accountId, asker } = asked;
    const used = await this.parts.passkeys.use(tx, accountId, purpose, asker, answer);
    if (typeof used === 'string') return used;
    const { id, name } = used.cloned;
    await tell(this.parts, tx, asked, visitor, {
      event: 'account.passkey-cloned',
      message: passkeyCloned(name),
      detail: { passkey: id },
    });
    return 'cloned';
  }

  /** False: there is no such passkey of this person. */
  async remove(person: Person, id: string, visitor: Visitor): Promise<boolean> {
    const { sql, passkeys } = this.parts;
    return sql.transaction(async (tx) => {
      const name = await passkeys.remove(tx, person.accountId, id);
      if (name === null) return false;
      const left = await isEnrolled(this.parts, tx, person.accountId);
      await tell(this.parts, tx, person, visitor, {
        event: 'account.passkey-removed',
        message: passkeyRemoved(name, left),
        detail: { passkey: id },
      });
      return true;
    });
  }

  private async mayAdd(accountId: string): Promise<boolean> {
    const { sql, recoveryCodes, emails } = this.parts;
    const { proven } = await recoveryCodes.state(sql, accountId);
    return proven && (await emails.ofAccount(sql, accountId))?.verified === true;
  }

  /** A challenge is a row: as many as somebody needs, and no more. */
  private async countAsked(accountId: string, visitor: Visitor): Promise<void> {
    if (await this.parts.rates.take(['passkey/asked', accountId, visitor.address])) return;
    throw tooMany();
  }
}

/** As it is kept: 1 to 64 characters in NFC, none of them invisible. Null for anything else. */
export function passkeyName(typed: string): string | null {
  const name = typed.normalize('NFC').trim();
  const { length } = [...name];
  return length >= 1 && length <= mostNameChars && !/\p{C}/u.test(name) ? name : null;
}
