import type { Sql } from '@rind/database';
import { isPrintable } from '@rind/index-model';
import type { AccountParts } from '../accounts/account-parts.ts';
import { audit } from '../audit/audit-log.ts';
import type { AuditEvent } from '../audit/audit-log.ts';
import { requireMay } from '../authorization/person-decision.ts';
import type { FactSources } from '../authorization/person-decision.ts';
import type { Courier } from '../delivery/courier.ts';
import { queueDeliveries } from '../delivery/delivery-table.ts';
import { AuthError } from '../errors.ts';
import type { BookedGrant, GrantBook, GrantDraft } from '../grants/grant-book.ts';
import { mailAccount } from '../mail/account-mail.ts';
import { releaseChanged } from '../mail/release-messages.ts';
import { holdProject, membersOf } from '../projects/member-table.ts';
import type { Person, Visitor } from '../sessions/sessions.ts';
import { planChange, statusAfter } from './change-plan.ts';
import type { ChangePlan, ChangeSubject } from './change-plan.ts';

/** A confirmation, as it came. */
export interface Confirmation {
  /** Digest of the plan that was shown. */
  readonly shown: string;
  readonly reason: string;
  /** The project's name, where it has to be typed. */
  readonly typedName: string;
}

export type ChangeOutcome =
  | { readonly kind: 'done'; readonly plan: ChangePlan }
  /** Nothing was done: the plan is to be shown again, with what is wrong. */
  | { readonly kind: 'again'; readonly plan: ChangePlan; readonly because: ConfirmationRefusal };

export type ConfirmationRefusal = 'changed' | 'name' | 'reason';

type ChangeParts = Pick<AccountParts, 'sql' | 'clock' | 'outbox' | 'origin'> &
  FactSources & {
    readonly book: GrantBook;
    readonly courier: Pick<Courier, 'wake'>;
  };

/** UTF-16 code units, as in a grant. */
export const maxReasonLength = 500;

const events: Readonly<Record<ChangeSubject['verb'], AuditEvent>> = {
  yank: 'release.yanked',
  unyank: 'release.unyanked',
  delete: 'release.deleted',
  restore: 'release.restored',
  archive: 'project.archived',
  unarchive: 'project.unarchived',
};

/**
 * Changes of releases that people confirm: the confirmation is the grant. Invariants:
 * 1. Who may is decided on facts read in the transaction that acts; one change of a project at a time.
 * 2. What happens is what was shown: the plan is made anew in that transaction, and has to be the same.
 * 3. Grants, their deliveries, the log and the mails appear together or not at all.
 */
export class ReleaseChanges {
  private readonly parts: ChangeParts;

  constructor(parts: ChangeParts) {
    this.parts = parts;
  }

  /** What will happen if it is confirmed. @throws AuthError `release.unknown`, `release.unchangeable`, and of `requireMay` */
  async plan(person: Person, subject: ChangeSubject): Promise<ChangePlan> {
    const { sql } = this.parts;
    await requireMay(sql, this.parts, 'change-release', subject.project, person);
    const plan = await planChange(sql, subject);
    if (!plan.done && isEmpty(plan)) throw unchangeable();
    return plan;
  }

  /** @throws AuthError as `plan` */
  async confirm(
    person: Person,
    subject: ChangeSubject,
    confirmation: Confirmation,
    visitor: Visitor,
  ): Promise<ChangeOutcome> {
    try {
      const outcome = await this.parts.book.transaction((sql) =>
        this.confirmWithin(sql, person, subject, confirmation, visitor),
      );
      if (outcome.kind === 'done') this.parts.courier.wake();
      return outcome;
    } catch (error) {
      if (error instanceof AuthError) await this.noteRefusal(person, subject, error.code, visitor);
      throw error;
    }
  }

  private async confirmWithin(
    sql: Sql,
    person: Person,
    subject: ChangeSubject,
    { shown, reason, typedName }: Confirmation,
    visitor: Visitor,
  ): Promise<ChangeOutcome> {
    await holdProject(sql, subject.project);
    await requireMay(sql, this.parts, 'change-release', subject.project, person);
    const plan = await planChange(sql, subject);
    // Sent twice: the second finds its wish fulfilled.
    if (plan.done) return { kind: 'done', plan };
    if (isEmpty(plan)) throw unchangeable();
    if (subject.verb === 'delete' && typedName !== subject.project) {
      return { kind: 'again', plan, because: 'name' };
    }
    const line = reason.trim();
    if (line.length > maxReasonLength || !isPrintable(line))
      return { kind: 'again', plan, because: 'reason' };
    if (shown !== plan.digest) return { kind: 'again', plan, because: 'changed' };
    const booked = await this.parts.book.append(sql, person.accountId, draftsOf(plan, person, line));
    await this.record(sql, plan, booked, person, visitor);
    return { kind: 'done', plan };
  }

  /** Deliveries, log and mails of grants that have been written down. */
  private async record(
    sql: Sql,
    { subject, version, files }: ChangePlan,
    booked: readonly BookedGrant[],
    person: Person,
    { address }: Visitor,
  ): Promise<void> {
    const { clock, vault, origin } = this.parts;
    const { project, verb } = subject;
    const now = new Date(clock.nowMs());
    const actor = person.username;
    await queueDeliveries(
      sql,
      booked.map(({ grant }) => grant),
      now,
    );
    await audit(
      sql,
      clock,
      ...booked.map(({ grant, targetPath }, at) => ({
        event: 'grant.issued' as const,
        actor,
        project,
        target: targetPath,
        detail: { grantId: grant.id, seq: grant.seq, verb: grant.verb, sha256: files[at]?.sha256, address },
      })),
      {
        event: events[verb],
        actor,
        accountId: person.accountId,
        project,
        detail: { address, version, files: files.length },
      },
    );
    const message = releaseChanged(verb, {
      project,
      version,
      filenames: files.map(({ filename }) => filename),
      actor,
      at: now.toUTCString(),
      link: `${origin}/manage/project/${project}/`,
    });
    for (const { accountId } of await membersOf(sql, vault, project)) {
      await mailAccount(this.parts, sql, accountId, message);
    }
  }

  private async noteRefusal(
    { accountId, username }: Person,
    { project, verb }: ChangeSubject,
    code: string,
    { address }: Visitor,
  ): Promise<void> {
    const detail = { code, verb, address };
    const entry = { event: 'release.refused' as const, actor: username, accountId, project, detail };
    await audit(this.parts.sql, this.parts.clock, entry);
  }
}

function isEmpty({ subject, files }: ChangePlan): boolean {
  return subject.of !== 'project' && files.length === 0;
}

function unchangeable(): AuthError {
  return new AuthError('release.unchangeable', 'nothing there can be changed in that way', {});
}

function draftsOf({ subject, files }: ChangePlan, { username }: Person, reason: string): GrantDraft[] {
  const { project } = subject;
  const said = reason === '' ? {} : { reason };
  const by = { project, actor: username, how: 'web' };
  if (subject.of === 'project')
    return [{ ...by, ...said, verb: 'status', status: statusAfter(subject.verb) }];
  return files.map(({ filename }) => ({ ...by, ...said, verb: subject.verb, filename }));
}
