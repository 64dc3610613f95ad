import type { Sql } from '@rind/database';
import type { AccountParts } from '../accounts/account-parts.ts';
import { audit } from '../audit/audit-log.ts';
import type { AuditEvent } from '../audit/audit-log.ts';
import { recoveryCodeUsed } from '../mail/messages.ts';
import type { Message } from '../mail/messages.ts';
import type { Person, Visitor } from '../sessions/sessions.ts';

/** What happened to somebody's factors. */
export interface FactorNotice {
  readonly event: Extract<AuditEvent, `account.${'factor' | 'passkey' | 'recovery'}-${string}`>;
  readonly message: (username: string, at: string, address: string) => Message;
  /** More for the log: `{ passkey: … }`, its id. */
  readonly detail?: Readonly<Record<string, unknown>>;
}

export const codeUsed: FactorNotice = { event: 'account.recovery-code-used', message: recoveryCodeUsed };

/** Writes it into the person's log and mails it, in the transaction that does it. */
export async function tell(
  { clock, emails, outbox }: Pick<AccountParts, 'clock' | 'emails' | 'outbox'>,
  tx: Sql,
  { accountId, username }: Pick<Person, 'accountId' | 'username'>,
  visitor: Visitor,
  { event, message, detail = {} }: FactorNotice,
): Promise<void> {
  await audit(tx, clock, {
    event,
    actor: username,
    accountId,
    detail: { address: visitor.address, ...detail },
  });
  const email = await emails.ofAccount(tx, accountId);
  if (email === null) return;
  await outbox.put(
    tx,
    email.address,
    message(username, new Date(clock.nowMs()).toUTCString(), visitor.address),
  );
}
