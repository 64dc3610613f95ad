import type { Sql } from '@rind/database';
import type { ProjectName } from '@rind/kernel';
import type { AccountParts } from '../accounts/account-parts.ts';
import { mailAccount } from '../mail/account-mail.ts';
import {
  pendingPublisherInvalidated,
  pendingPublisherUsed,
  publisherAdded,
  publisherRemoved,
} from '../mail/messages.ts';
import { membersOf } from '../projects/member-table.ts';
import type { PendingPublisher } from './pending-publishers.ts';
import { describe } from './publisher-claims.ts';
import type { PublisherClaims } from './publisher-claims.ts';

type PublisherMailsParts = Pick<AccountParts, 'vault' | 'emails' | 'outbox' | 'clock'>;

/** What owners are told, in the transaction of what they are told about. Addresses that nobody confirmed get nothing. */
export class PublisherMails {
  private readonly parts: PublisherMailsParts;

  constructor(parts: PublisherMailsParts) {
    this.parts = parts;
  }

  /** @param change of which project, by whom, and what */
  async toOwners(
    tx: Sql,
    what: 'added' | 'removed',
    change: {
      readonly project: ProjectName;
      readonly by: string;
      readonly issuer: string;
      readonly claims: PublisherClaims | null;
    },
  ): Promise<void> {
    const { project, by, issuer, claims } = change;
    const at = this.now();
    const publisher =
      claims === null ? 'one whose record had been tampered with' : `${describe(claims)} (${issuer})`;
    const message = (what === 'added' ? publisherAdded : publisherRemoved)(project, publisher, by, at);
    const members = await membersOf(tx, this.parts.vault, project);
    for (const { accountId, role } of members)
      if (role === 'owner') await mailAccount(this.parts, tx, accountId, message);
  }

  async pendingUsed(tx: Sql, { accountId, project, issuer, claims }: PendingPublisher): Promise<void> {
    const publisher = `${describe(claims)} (${issuer})`;
    await mailAccount(this.parts, tx, accountId, pendingPublisherUsed(project, publisher, this.now()));
  }

  async pendingInvalidated(tx: Sql, { accountId, project, issuer, claims }: PendingPublisher): Promise<void> {
    const publisher = `${describe(claims)} (${issuer})`;
    await mailAccount(this.parts, tx, accountId, pendingPublisherInvalidated(project, publisher, this.now()));
  }

  private now(): string {
    return new Date(this.parts.clock.nowMs()).toUTCString();
  }
}
