import type { Sql } from '@rind/database';
import type { ProjectName } from '@rind/kernel';
import type { AccountParts } from '../accounts/account-parts.ts';
import { audit } from '../audit/audit-log.ts';
import type { AuditEvent } from '../audit/audit-log.ts';
import type { ProjectRole } from '../authorization/decide.ts';
import { requireMay } from '../authorization/person-decision.ts';
import type { FactSources } from '../authorization/person-decision.ts';
import type { PersonAction } from '../authorization/person-may.ts';
import { AuthError } from '../errors.ts';
import { mailAccount } from '../mail/account-mail.ts';
import { factorRequired, membersChanged } from '../mail/messages.ts';
import type { Person } from '../sessions/sessions.ts';
import type { Invitation, Invitations } from './invitations.ts';
import { holdProject, membersOf, putMember, removeMember } from './member-table.ts';
import type { HeldProject, Member } from './member-table.ts';
import { settingsProof } from './role-proof.ts';

export interface MembersParts extends FactSources, Pick<AccountParts, 'sql' | 'clock' | 'outbox' | 'origin'> {
  readonly invitations: Invitations;
}

export interface MembersView {
  readonly members: readonly Member[];
  readonly invitations: readonly Invitation[];
  readonly requiresSecondFactor: boolean;
  /** Of whoever looks. */
  readonly role: ProjectRole;
}

/** What somebody does to a project, inside the transaction that decided that they may. */
export interface ProjectAct {
  readonly tx: Sql;
  readonly project: HeldProject;
  readonly person: Person;
}

/**
 * Members of projects. Each change holds the project's row: of several at once each sees what the one before did, so
 * that there is always an owner. All members are told of each by mail.
 */
export class Members {
  private readonly parts: MembersParts;

  constructor(parts: MembersParts) {
    this.parts = parts;
  }

  /** @throws AuthError `project.unknown`, `authorization.not-a-maintainer`, `account.disabled` */
  async look(person: Person, name: ProjectName): Promise<MembersView> {
    const { sql, vault, invitations } = this.parts;
    const { role, requiresSecondFactor } = await requireMay(sql, this.parts, 'look', name, person);
    const members = await membersOf(sql, vault, name);
    return {
      members,
      invitations: await invitations.ofProject(sql, name),
      requiresSecondFactor,
      role: role!,
    };
  }

  /** @throws AuthError `member.last-owner`, `member.unfit`, and what `refusalFor` says */
  setRole(person: Person, name: ProjectName, username: string, role: ProjectRole): Promise<void> {
    return this.act('change-member', person, name, async (act) => {
      const member = await this.memberNamed(act, username);
      if (member.role === role) return;
      if (role !== 'owner') await this.keepAnOwner(act, member);
      await putMember(act.tx, this.parts.vault, act.project, { ...member, role });
      await this.tell(act, 'project.member-changed', member, `${member.username} is ${role} now`, { role });
    });
  }

  /** @throws AuthError `member.last-owner`, `member.unfit`, and what `refusalFor` says */
  remove(person: Person, name: ProjectName, username: string): Promise<void> {
    return this.act('change-member', person, name, async (act) => {
      await this.removeFrom(act, await this.memberNamed(act, username));
    });
  }

  /** @throws AuthError `member.last-owner`, and what `refusalFor` says */
  leave(person: Person, name: ProjectName): Promise<void> {
    return this.act('leave', person, name, async (act) => {
      await this.removeFrom(act, await this.memberNamed(act, person.username));
    });
  }

  /**
   * Requires a second factor of everybody who touches the project, or no longer. Who has none is told.
   * @throws AuthError `account.second-factor-required` also for an owner who would lock themselves out
   */
  requireFactor(person: Person, name: ProjectName, required: boolean): Promise<void> {
    return this.act('require-second-factor', person, name, async (act) => {
      const { tx, project } = act;
      const { vault, clock, hasFactor, origin } = this.parts;
      if (required && !(await hasFactor(tx, person.accountId))) {
        throw new AuthError('account.second-factor-required', 'set up a second factor of your own first', {});
      }
      const proof = settingsProof(vault, { projectId: project.projectId, requiresSecondFactor: required });
      await tx.query(
        'UPDATE auth.project SET requires_second_factor = $2, settings_proof = $3 WHERE name = $1',
        [name, required, proof],
      );
      const event = required ? 'project.factor-required' : 'project.factor-not-required';
      await audit(tx, clock, { event, actor: person.username, accountId: person.accountId, project: name });
      const members = await membersOf(tx, vault, name);
      for (const { accountId, username } of required ? members : []) {
        if (await hasFactor(tx, accountId)) continue;
        const link = `${origin}/account/factors/`;
        await mailAccount(this.parts, tx, accountId, factorRequired(username, name, person.username, link));
      }
      const says = required
        ? 'A second factor is required of everybody'
        : 'No second factor is required any more';
      await this.mailAll(act, members, says);
    });
  }

  /** Runs what a person may do, in the transaction that decided it. */
  async act<Result>(
    action: PersonAction,
    person: Person,
    name: ProjectName,
    perform: (act: ProjectAct) => Promise<Result>,
  ): Promise<Result> {
    return this.parts.sql.transaction(async (tx) => {
      const project = await holdProject(tx, name);
      if (project === null) throw new AuthError('project.unknown', 'there is no such project', {});
      await requireMay(tx, this.parts, action, name, person);
      return perform({ tx, project, person });
    });
  }

  /** Audits, and mails to all members and to the one whom it is about. */
  async tell(
    act: ProjectAct,
    event: AuditEvent,
    about: Pick<Member, 'accountId' | 'username'>,
    says: string,
    detail: Readonly<Record<string, unknown>> = {},
  ): Promise<void> {
    const { tx, project, person } = act;
    const { vault, clock } = this.parts;
    await audit(tx, clock, {
      ...{ event, actor: person.username, accountId: about.accountId, project: project.name },
      detail: { ...detail, user: about.username },
    });
    const members = await membersOf(tx, vault, project.name);
    const isMember = members.some(({ accountId }) => accountId === about.accountId);
    await this.mailAll(act, isMember ? members : [...members, about], says);
  }

  private async mailAll(
    { tx, project, person }: ProjectAct,
    people: readonly Pick<Member, 'accountId'>[],
    says: string,
  ): Promise<void> {
    const at = new Date(this.parts.clock.nowMs()).toUTCString();
    const message = membersChanged(project.name, says, person.username, at);
    for (const { accountId } of people) await mailAccount(this.parts, tx, accountId, message);
  }

  private async removeFrom(act: ProjectAct, member: Member): Promise<void> {
    await this.keepAnOwner(act, member);
    await removeMember(act.tx, act.project, member.accountId);
    const says = `${member.username} does not belong to it any more`;
    await this.tell(act, 'project.member-removed', member, says);
  }

  private async keepAnOwner({ tx, project }: ProjectAct, member: Member): Promise<void> {
    const members = await membersOf(tx, this.parts.vault, project.name);
    if (members.some(({ accountId, role }) => role === 'owner' && accountId !== member.accountId)) return;
    throw new AuthError('member.last-owner', 'a project has at least one owner', {});
  }

  private async memberNamed({ tx, project }: ProjectAct, username: string): Promise<Member> {
    const members = await membersOf(tx, this.parts.vault, project.name);
    const found = members.find((member) => member.username.toLowerCase() === username.toLowerCase());
    if (found === undefined)
      throw new AuthError('member.unfit', 'nobody of that name is a member', { why: 'unknown' });
    return found;
  }
}
