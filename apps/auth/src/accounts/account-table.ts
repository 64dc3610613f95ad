import type { Sql } from '@rind/database';
import { uuidV4 } from '@rind/kernel';
import type { Clock, Randomness } from '@rind/kernel';
import { AuthError } from '../errors.ts';

export interface Account {
  readonly id: string;
  readonly username: string;
  readonly disabled: boolean;
}

/** As on PyPI: letters, digits, and `._-` inside; at most 50 characters. Unique without regard to case. */
const usernameShape = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,48}[A-Za-z0-9])?$/;

export function isUsername(text: string): boolean {
  return usernameShape.test(text);
}

/** The account of that name, made now if there is none; `created` tells which. @throws AuthError `account.name-invalid` */
export async function ensureAccount(
  sql: Sql,
  username: string,
  parts: { clock: Clock; randomness: Randomness },
): Promise<Account & { readonly created: boolean }> {
  if (!isUsername(username)) {
    throw new AuthError('account.name-invalid', 'a user name is 1 to 50 letters, digits, and ._- inside', {});
  }
  const values = [uuidV4(parts.randomness), username, new Date(parts.clock.nowMs())];
  const inserted = await sql.query(
    'INSERT INTO auth.account (id, username, created_at) VALUES ($1, $2, $3) ON CONFLICT (lower(username)) DO NOTHING',
    values,
  );
  const { rows } = await sql.query<{ id: string; username: string; disabled: boolean }>(
    'SELECT id, username, disabled_at IS NOT NULL AS disabled FROM auth.account WHERE lower(username) = lower($1)',
    [username],
  );
  return { ...rows[0]!, created: inserted.rowCount === 1 };
}
