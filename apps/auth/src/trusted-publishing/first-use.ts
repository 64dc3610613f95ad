import type { Sql } from '@rind/database';
import type { Clock, Randomness } from '@rind/kernel';
import { audit } from '../audit/audit-log.ts';
import { createProject, projectIds } from '../projects/project-table.ts';
import { mismatch, ownerIdIn } from './claim-match.ts';
import type { Identity } from './identity-token.ts';
import type { PendingPublisher, PendingPublishers } from './pending-publishers.ts';
import { actorOf } from './publisher-claims.ts';
import type { PublisherMails } from './publisher-mails.ts';
import type { Vault } from '../protection/vault.ts';
import type { Publishers } from './publishers.ts';

export interface FirstUseParts {
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly vault: Vault;
  readonly publishers: Publishers;
  readonly pending: PendingPublishers;
  readonly mails: PublisherMails;
}

/** What becomes of pending publishers when their workflow shows itself. */
export class FirstUse {
  private readonly parts: FirstUseParts;

  constructor(parts: FirstUseParts) {
    this.parts = parts;
  }

  /** Makes the projects of those that match, in the transaction. Answers the names that somebody else was faster with. */
  async perform(tx: Sql, identity: Identity, subject: string): Promise<readonly string[]> {
    const { pending } = this.parts;
    const waiting = await pending.ofSubject(tx, identity.issuer.url, subject);
    const taken: string[] = [];
    for (const one of waiting) {
      if (mismatch(one, identity.claims) !== null) continue;
      await pending.remove(tx, one.accountId, one.id);
      if (await this.makeProject(tx, one, identity)) continue;
      await this.invalidate(tx, one);
      taken.push(one.project);
    }
    return taken;
  }

  private async makeProject(tx: Sql, one: PendingPublisher, identity: Identity): Promise<boolean> {
    const { clock, publishers, mails } = this.parts;
    const { project, accountId, issuer, claims } = one;
    if (!(await createProject(tx, project, accountId, this.parts))) return false;
    const projectId = (await projectIds(tx, [project])).get(project)!;
    const ownerId = one.ownerId ?? ownerIdIn(identity.issuer.kind, identity.claims);
    const publisherId = await publishers.add(tx, { projectId, issuer, claims, ownerId });
    const actor = actorOf(claims);
    await audit(
      tx,
      clock,
      { event: 'project.created', actor, project, detail: { owner: accountId } },
      { event: 'publisher.pending-used', actor, accountId, project, detail: { publisherId, issuer, claims } },
    );
    await mails.pendingUsed(tx, one);
    return true;
  }

  private async invalidate(tx: Sql, one: PendingPublisher): Promise<void> {
    const { clock, mails } = this.parts;
    const { project, accountId, issuer, claims } = one;
    await audit(tx, clock, {
      event: 'publisher.pending-invalidated',
      actor: actorOf(claims),
      accountId,
      project,
      detail: { issuer, claims },
    });
    await mails.pendingInvalidated(tx, one);
  }
}
