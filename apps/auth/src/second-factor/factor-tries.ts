import type { Sql } from '@rind/database';
import type { AccountParts } from '../accounts/account-parts.ts';
import { tooMany } from '../limits/rates.ts';
import type { Counted, Rates } from '../limits/rates.ts';
import type { Person, Visitor } from '../sessions/sessions.ts';
import { codeUsed, tell } from './factor-notice.ts';
import type { CodeOutcome } from './totp-factor.ts';

/**
 * Every try of a second factor counts, right or wrong, and when counting fails nothing is tried. Answers what to give
 * back to somebody who got in. @throws AuthError `rate.exceeded`
 */
export async function countTry(
  rates: Rates,
  accountId: string,
  visitor: Visitor,
): Promise<readonly Counted[]> {
  const counted: readonly Counted[] = [
    ['second-factor/account-from-address', accountId, visitor.address],
    ['second-factor/account', accountId],
  ];
  if (!(await rates.take(...counted))) throw tooMany();
  return counted;
}

/** Uses up what was typed: a code of the app, or a recovery code. */
export async function useCode(
  parts: AccountParts,
  tx: Sql,
  person: Pick<Person, 'accountId' | 'username'>,
  code: string,
  visitor: Visitor,
): Promise<CodeOutcome> {
  const { totp, recoveryCodes } = parts;
  // Six digits are a code of the app; recovery codes are longer.
  if (code.replace(/[\s-]/g, '').length <= 8) return totp.use(tx, person.accountId, code);
  if (!(await recoveryCodes.use(tx, person.accountId, code))) return 'wrong';
  await tell(parts, tx, person, visitor, codeUsed);
  return 'ok';
}
