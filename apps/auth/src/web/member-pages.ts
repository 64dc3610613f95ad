import { html } from '@rind/html';
import type { Html } from '@rind/html';
import type { ProjectName } from '@rind/kernel';
import type { Invitation } from '../projects/invitations.ts';
import type { Member } from '../projects/member-table.ts';
import type { MembersView } from '../projects/members.ts';
import type { Person } from '../sessions/sessions.ts';
import { button, choice, field } from './form.ts';
import { moment } from './moment.ts';

export const roles = [
  ['maintainer', 'maintainer: uploads'],
  ['owner', 'owner: everything'],
] as const;

const unfitTexts: Readonly<Record<string, string>> = {
  unknown: 'There is no account of that name.',
  member: 'They are a member already.',
  invited: 'They are invited already.',
  unverified: 'They have not confirmed their e-mail address yet.',
};

/** @param unfit why the person who was named cannot be invited */
export function membersContent(
  name: ProjectName,
  person: Person,
  view: MembersView,
  { username, unfit }: { readonly username: string; readonly unfit: string | null },
): Html {
  const { members, invitations, requiresSecondFactor, role } = view;
  const isOwner = role === 'owner';
  return html`<h1>Members of ${name}</h1>
    <ul class="rows">
      ${members.map((member) => memberRow(name, member, person, isOwner))}
    </ul>
    ${invitations.length === 0 ? html`` : invitedContent(name, invitations, isOwner)}
    ${isOwner ? inviteContent(name, username, unfit) : html``}
    ${mandateContent(name, requiresSecondFactor, isOwner)}
    ${isOwner ? html`<p><a href="/manage/project/${name}/publishing/">Trusted publishers</a></p>` : html``}
    <h2>Leaving</h2>
    <form class="inline" method="post" action="/manage/project/${name}/members/leave/">
      <button type="submit">Leave ${name}</button>
    </form>`;
}

function memberRow(
  name: ProjectName,
  { username, role, since, accountId }: Member,
  person: Person,
  isOwner: boolean,
): Html {
  const other = role === 'owner' ? 'maintainer' : 'owner';
  const self = accountId === person.accountId;
  return html`<li>
    <strong>${username}</strong> ${self ? html`<span class="tag">you</span>` : html``}
    <p class="soft">${role} since ${moment(since)}</p>
    ${
      isOwner && !self
        ? html`<form class="inline" method="post" action="/manage/project/${name}/members/role/">
              <input type="hidden" name="username" value="${username}" />
              <input type="hidden" name="role" value="${other}" />
              <button type="submit">Make ${username} ${other}</button>
            </form>
            <form class="inline" method="post" action="/manage/project/${name}/members/remove/">
              <input type="hidden" name="username" value="${username}" />
              <button type="submit">Remove ${username}</button>
            </form>`
        : html``
    }
  </li>`;
}

function invitedContent(name: ProjectName, invitations: readonly Invitation[], isOwner: boolean): Html {
  return html`<h2>Invited</h2>
    <ul class="rows">
      ${invitations.map(
        ({ id, username, role, invitedBy, expiresAt }) =>
          html`<li>
            <strong>${username}</strong>
            <p class="soft">${role}, invited by ${invitedBy}, open until ${moment(expiresAt)}</p>
            ${
              isOwner
                ? html`<form class="inline" method="post" action="/manage/project/${name}/members/cancel/">
                    <input type="hidden" name="id" value="${id}" />
                    <button type="submit">Take the invitation of ${username} back</button>
                  </form>`
                : html``
            }
          </li>`,
      )}
    </ul>`;
}

function inviteContent(name: ProjectName, username: string, unfit: string | null): Html {
  return html`<h2>Invite somebody</h2>
    <form method="post" action="/manage/project/${name}/members/invite/">
      ${field({
        name: 'username',
        label: 'User name',
        type: 'text',
        autocomplete: 'off',
        value: username,
        ...(unfit === null ? {} : { refused: unfitTexts[unfit] ?? 'They cannot be invited.' }),
      })}
      ${choice({ name: 'role', label: 'As', options: roles, value: 'maintainer' })} ${button('Invite')}
    </form>`;
}

function mandateContent(name: ProjectName, required: boolean, isOwner: boolean): Html {
  return html`<h2>Second factor</h2>
    <p>
      ${
        required
          ? 'Everybody who touches this project needs a second factor; without one nobody uploads.'
          : 'Members without a second factor may upload.'
      }
    </p>
    ${
      isOwner
        ? html`<form class="inline" method="post" action="/manage/project/${name}/members/second-factor/">
            <input type="hidden" name="required" value="${required ? 'no' : 'yes'}" />
            <button type="submit">${required ? 'Require it no longer' : 'Require a second factor'}</button>
          </form>`
        : html``
    }`;
}

export function invitationsContent(invitations: readonly Invitation[]): Html {
  return html`<h1>Invitations</h1>
    ${
      invitations.length === 0
        ? html`<p>You have none.</p>`
        : html`<ul class="rows">
            ${invitations.map(
              ({ id, project, role, invitedBy, expiresAt }) =>
                html`<li>
                  <strong>${project}</strong>
                  <p class="soft">${invitedBy} invites you as ${role}, until ${moment(expiresAt)}</p>
                  <form class="inline" method="post" action="/account/invitations/">
                    <input type="hidden" name="id" value="${id}" />
                    <button type="submit" name="answer" value="accept">Join ${project} as ${role}</button>
                    <button type="submit" name="answer" value="decline">Decline ${project}</button>
                  </form>
                </li>`,
            )}
          </ul>`
    }`;
}
