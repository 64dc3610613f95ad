import type { Sql } from '@rind/database';
import type { AccountParts } from '../accounts/account-parts.ts';
import type { Message } from './messages.ts';

/** Mails an account, in the transaction of what the mail tells about, if it has a confirmed address. */
export async function mailAccount(
  { emails, outbox }: Pick<AccountParts, 'emails' | 'outbox'>,
  tx: Sql,
  accountId: string,
  message: Message,
): Promise<void> {
  const email = await emails.ofAccount(tx, accountId);
  if (email?.verified === true) await outbox.put(tx, email.address, message);
}
