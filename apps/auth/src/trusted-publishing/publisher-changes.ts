import type { TransactionalSql } from '@rind/database';
import { isStandardLibraryName } from '@rind/index-model';
import type { Clock, ProjectName } from '@rind/kernel';
import { audit } from '../audit/audit-log.ts';
import { requireMay } from '../authorization/person-decision.ts';
import type { FactSources } from '../authorization/person-decision.ts';
import { AuthError } from '../errors.ts';
import { tooMany } from '../limits/rates.ts';
import type { Rates } from '../limits/rates.ts';
import { holdProject } from '../projects/member-table.ts';
import { accessTo } from '../projects/project-table.ts';
import type { Person } from '../sessions/sessions.ts';
import type { Issuer } from './issuer-list.ts';
import type { TypedPublisher } from './publisher-form.ts';
import type { PublisherMails } from './publisher-mails.ts';
import type { PendingPublisher, PendingPublishers } from './pending-publishers.ts';
import type { Publisher, Publishers } from './publishers.ts';

export interface PublisherChangesParts extends FactSources {
  readonly sql: TransactionalSql;
  readonly clock: Clock;
  readonly rates: Rates;
  readonly publishers: Publishers;
  readonly pending: PendingPublishers;
  readonly mails: PublisherMails;
}

export type AddOutcome = 'added' | 'exists';
export type PendingOutcome = AddOutcome | 'too many' | 'name taken' | 'name prohibited';

/** At one project. */
const maxPublishers = 50;

/** What people do about trusted publishers. Whether they may is decided on what stands in the same transaction. */
export class PublisherChanges {
  private readonly parts: PublisherChangesParts;

  constructor(parts: PublisherChangesParts) {
    this.parts = parts;
  }

  /** @throws AuthError `project.unknown`, `authorization.*`, `account.*` */
  async list(person: Person, project: ProjectName): Promise<readonly Publisher[]> {
    const { sql, publishers } = this.parts;
    return sql.transaction(async (tx) => {
      const { projectId } = await requireMay(tx, this.parts, 'trust-publisher', project, person);
      return publishers.ofProject(tx, projectId);
    });
  }

  /** @throws AuthError `project.unknown`, `authorization.*`, `account.*`, `rate.exceeded` */
  async add(
    person: Person,
    project: ProjectName,
    issuer: Issuer,
    { claims, ownerId }: TypedPublisher,
  ): Promise<AddOutcome | 'too many'> {
    const { sql, clock, publishers, mails } = this.parts;
    await this.count(person);
    return sql.transaction(async (tx) => {
      // Two at once are counted one after the other.
      await holdProject(tx, project);
      const { projectId } = await requireMay(tx, this.parts, 'trust-publisher', project, person);
      if ((await publishers.ofProject(tx, projectId)).length >= maxPublishers) return 'too many';
      const publisherId = await publishers.add(tx, { projectId, issuer: issuer.url, claims, ownerId });
      if (publisherId === null) return 'exists';
      const { username: by, accountId } = person;
      const detail = { publisherId, issuer: issuer.url, claims, ownerId };
      await audit(tx, clock, { event: 'publisher.added', actor: by, accountId, project, detail });
      await mails.toOwners(tx, 'added', { project, by, issuer: issuer.url, claims });
      return 'added';
    });
  }

  /** False: there was none. Its tokens are worth nothing from then on. @throws AuthError `project.unknown`, `authorization.*`, `account.*` */
  async remove(person: Person, project: ProjectName, publisherId: string): Promise<boolean> {
    const { sql, clock, publishers, mails } = this.parts;
    return sql.transaction(async (tx) => {
      const { projectId } = await requireMay(tx, this.parts, 'trust-publisher', project, person);
      const removed = await publishers.remove(tx, projectId, publisherId);
      if (removed === null) return false;
      const { username: by, accountId } = person;
      const { issuer, claims } = removed === 'unproven' ? { issuer: '', claims: null } : removed;
      const detail = { publisherId, issuer, claims };
      await audit(tx, clock, { event: 'publisher.removed', actor: by, accountId, project, detail });
      await mails.toOwners(tx, 'removed', { project, by, issuer, claims });
      return true;
    });
  }

  listPending({ accountId }: Person): Promise<readonly PendingPublisher[]> {
    return this.parts.pending.ofAccount(this.parts.sql, accountId);
  }

  /** @throws AuthError `account.email-unverified`, `rate.exceeded` */
  async addPending(
    person: Person,
    project: ProjectName,
    issuer: Issuer,
    { claims, ownerId }: TypedPublisher,
  ): Promise<PendingOutcome> {
    const { sql, clock, vault, emails, pending } = this.parts;
    const { accountId, username: actor } = person;
    await this.count(person);
    if (isStandardLibraryName(project)) return 'name prohibited';
    return sql.transaction(async (tx) => {
      const email = await emails.ofAccount(tx, accountId);
      if (email?.verified !== true) {
        throw new AuthError('account.email-unverified', 'the e-mail address has to be confirmed first', {});
      }
      if ((await accessTo(tx, vault, project, accountId)) !== null) return 'name taken';
      const of = { accountId, project, issuer: issuer.url, claims, ownerId };
      const outcome = await pending.add(tx, of);
      if (outcome === 'added') {
        const detail = { issuer: issuer.url, claims, ownerId };
        await audit(tx, clock, { event: 'publisher.pending-added', actor, accountId, project, detail });
      }
      return outcome;
    });
  }

  /** False: there was none. */
  async removePending({ accountId, username: actor }: Person, id: string): Promise<boolean> {
    const { sql, clock, pending } = this.parts;
    return sql.transaction(async (tx) => {
      const removed = await pending.remove(tx, accountId, id);
      if (removed === null) return false;
      const { project, issuer, claims } = removed;
      const detail = { issuer, claims };
      await audit(tx, clock, { event: 'publisher.pending-removed', actor, accountId, project, detail });
      return true;
    });
  }

  private async count({ accountId }: Person): Promise<void> {
    if (!(await this.parts.rates.take(['publisher/account', accountId]))) throw tooMany();
  }
}
