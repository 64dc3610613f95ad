import { tooMany } from '../limits/rates.ts';
import type { Counted } from '../limits/rates.ts';
import type { Person, Visitor } from '../sessions/sessions.ts';
import type { AccountParts } from './account-parts.ts';

/**
 * Whether somebody who is signed in knows the password too; wrong guesses count as those of the sign-in page do.
 * @throws AuthError `rate.exceeded`, `auth.busy`
 */
export async function knowsPassword(
  { sql, rates, passwords }: Pick<AccountParts, 'sql' | 'rates' | 'passwords'>,
  { accountId, username }: Person,
  password: string,
  visitor: Visitor,
): Promise<boolean> {
  const counted: Counted = ['sign-in/user-from-address', username.toLowerCase(), visitor.address];
  if (!(await rates.take(counted))) throw tooMany();
  const { rows } = await sql.query<{ password_sealed: Buffer | null }>(
    'SELECT password_sealed FROM auth.account WHERE id = $1',
    [accountId],
  );
  const knows = await passwords.matches(password, accountId, rows[0]?.password_sealed ?? null);
  if (knows) await rates.giveBack(counted);
  return knows;
}
