import type { TransactionalSql } from '@rind/database';
import type { Clock, ProjectName } from '@rind/kernel';
import type { AccountParts } from '../accounts/account-parts.ts';
import { audit } from '../audit/audit-log.ts';
import type { ProjectRole } from '../authorization/decide.ts';
import type { FactSources } from '../authorization/person-decision.ts';
import { refusalToJoin } from '../authorization/person-may.ts';
import { AuthError } from '../errors.ts';
import { mailAccount } from '../mail/account-mail.ts';
import { invited } from '../mail/messages.ts';
import type { Person } from '../sessions/sessions.ts';
import type { Invitation, Invitations } from './invitations.ts';
import { holdProject, membersOf, putMember } from './member-table.ts';
import type { Members, ProjectAct } from './members.ts';
import { accessTo } from './project-table.ts';

export interface JoiningParts extends FactSources, Pick<AccountParts, 'outbox'> {
  readonly sql: TransactionalSql;
  readonly clock: Clock;
  readonly origin: string;
  readonly invitations: Invitations;
  readonly members: Members;
}

/** Inviting people into projects, and what they answer. Nobody becomes a member who did not say so. */
export class Joining {
  private readonly parts: JoiningParts;

  constructor(parts: JoiningParts) {
    this.parts = parts;
  }

  /** @throws AuthError `member.unfit`, and what `refusalFor` says */
  invite(person: Person, name: ProjectName, username: string, role: ProjectRole): Promise<void> {
    const { members, clock, origin, invitations } = this.parts;
    return members.act('invite', person, name, async (act) => {
      const { tx, project } = act;
      const account = await this.accountNamed(act, username);
      const order = { accountId: account.id, role, invitedBy: person.accountId };
      if (!(await invitations.add(tx, project, order))) throw unfit('invited');
      await audit(tx, clock, {
        ...{ event: 'project.invited', actor: person.username, accountId: account.id, project: name },
        detail: { user: account.username, role },
      });
      const link = `${origin}/account/invitations/`;
      await mailAccount(
        this.parts,
        tx,
        account.id,
        invited(account.username, name, role, person.username, link),
      );
    });
  }

  /** @throws AuthError `invitation.ended`, and what `refusalFor` says */
  cancel(person: Person, name: ProjectName, id: string): Promise<void> {
    return this.parts.members.act('invite', person, name, async (act) => {
      const open = await this.parts.invitations.ofProject(act.tx, name);
      await this.end(
        act,
        open.find((invitation) => invitation.id === id),
        'cancelled',
      );
    });
  }

  mine({ accountId }: Person): Promise<readonly Invitation[]> {
    return this.parts.invitations.ofAccount(this.parts.sql, accountId);
  }

  /** @throws AuthError `invitation.ended`, `account.sudo-required`, `account.second-factor-required` */
  async answer(person: Person, id: string, accepts: boolean): Promise<void> {
    const { sql, clock, vault, invitations, members } = this.parts;
    const named = (await this.mine(person)).find((invitation) => invitation.id === id);
    if (named === undefined) throw ended();
    await sql.transaction(async (tx) => {
      const project = await holdProject(tx, named.project);
      const still = (await invitations.ofAccount(tx, person.accountId)).find((one) => one.id === id);
      if (project === null || still === undefined) throw ended();
      const act = { tx, project, person };
      await this.end(act, still, accepts ? 'accepted' : 'declined');
      if (!accepts) return;
      await this.requireFit(act);
      await putMember(tx, vault, project, {
        ...{ accountId: person.accountId, role: still.role, since: new Date(clock.nowMs()) },
      });
      const says = `${person.username} is ${still.role} now, invited by ${still.invitedBy}`;
      const about = { accountId: person.accountId, username: person.username };
      await members.tell(act, 'project.member-added', about, says, { role: still.role });
    });
  }

  private async end(
    { tx, person, project }: ProjectAct,
    invitation: Invitation | undefined,
    how: 'accepted' | 'declined' | 'cancelled',
  ): Promise<void> {
    if (invitation === undefined || (await this.parts.invitations.end(tx, invitation.id)) === null)
      throw ended();
    await audit(tx, this.parts.clock, {
      ...{ event: 'project.invitation-ended', actor: person.username, accountId: invitation.accountId },
      ...{ project: project.name, detail: { user: invitation.username, how } },
    });
  }

  /** Joining asks of a person what being a member will. */
  private async requireFit({ tx, project, person }: ProjectAct): Promise<void> {
    const { vault, emails, hasFactor } = this.parts;
    const access = await accessTo(tx, vault, project.name, person.accountId);
    const refusal = refusalToJoin({
      emailVerified: (await emails.ofAccount(tx, person.accountId))?.verified === true,
      secondFactor: await hasFactor(tx, person.accountId),
      sudo: person.sudo,
      requiresSecondFactor: access?.requiresSecondFactor ?? true,
    });
    if (refusal !== null) throw new AuthError(refusal, 'an invitation cannot be accepted like this', {});
  }

  private async accountNamed(
    { tx, project }: ProjectAct,
    username: string,
  ): Promise<{ readonly id: string; readonly username: string }> {
    const { rows } = await tx.query<{ id: string; username: string }>(
      'SELECT id, username FROM auth.account WHERE lower(username) = lower($1) AND disabled_at IS NULL',
      [username],
    );
    const [account] = rows;
    if (account === undefined) throw unfit('unknown');
    const members = await membersOf(tx, this.parts.vault, project.name);
    if (members.some(({ accountId }) => accountId === account.id)) throw unfit('member');
    const email = await this.parts.emails.ofAccount(tx, account.id);
    if (email?.verified !== true) throw unfit('unverified');
    return account;
  }
}

function unfit(why: 'unknown' | 'member' | 'invited' | 'unverified'): AuthError {
  return new AuthError('member.unfit', 'nobody who can be invited', { why });
}

function ended(): AuthError {
  return new AuthError('invitation.ended', 'the invitation is not open any more', {});
}
