import { html } from '@rind/html';
import type { Html } from '@rind/html';
import type { LogEntry } from '../audit/account-log.ts';
import type { EmailRow } from '../accounts/emails.ts';
import type { KeptMail } from '../mail/outbox.ts';
import type { ListedSession, Person } from '../sessions/sessions.ts';
import { moment } from './moment.ts';

export function accountContent(
  person: Person,
  email: EmailRow | null,
  sessions: readonly ListedSession[],
): Html {
  return html`<h1>Your account</h1>
    <dl>
      <div>
        <dt>User name</dt>
        <dd>${person.username}</dd>
      </div>
      <div>
        <dt>E-mail address</dt>
        <dd>${email === null ? 'none' : email.address}</dd>
      </div>
    </dl>
    ${email === null || email.verified ? html`` : unconfirmed}
    <p>
      <a href="/manage/projects/">Your projects</a> · <a href="/account/password/">Change your password</a> ·
      <a href="/account/factors/">Second factor</a> · <a href="/account/tokens/">API tokens</a> ·
      <a href="/account/publishing/">Pending publishers</a> ·
      <a href="/account/invitations/">Invitations</a> · <a href="/account/devices/">Devices</a>
    </p>
    <h2 id="sessions">Where you are signed in</h2>
    <ul class="rows">
      ${sessions.map(
        ({ current, beganAt, seenAt, address, agent }) =>
          html`<li>
            <strong>${address}</strong> ${current ? html`<span class="tag">this one</span>` : html``}
            <p class="soft">
              since ${moment(beganAt)}, last seen ${moment(seenAt)}${agent === '' ? '' : `, ${agent}`}
            </p>
          </li>`,
      )}
    </ul>
    <form class="inline" method="post" action="/account/logout-elsewhere/">
      <button type="submit">Sign out everywhere else</button>
    </form>`;
}

const unconfirmed = html`<div class="state warn">
  <p><strong class="warn">Your address is not confirmed.</strong> Open the link that was mailed there.</p>
  <form class="inline" method="post" action="/account/verify-email/again/">
    <button type="submit">Mail the link again</button>
  </form>
</div>`;

const eventTexts: Readonly<Record<string, string>> = {
  'account.created': 'The account was created',
  'account.device-confirmed': 'A sign-in from a new device was confirmed by mail',
  'account.device-forgotten': 'A device was forgotten',
  'account.device-unknown': 'A sign-in from a device that was not known',
  'account.email-verified': 'The e-mail address was confirmed',
  'account.factor-added': 'A second factor was added',
  'account.factor-removed': 'A second factor was removed',
  'account.recovery-code-used': 'A recovery code was used',
  'account.recovery-codes-made': 'New recovery codes were made',
  'account.passkey-added': 'A passkey was added',
  'account.passkey-cloned': 'A passkey was refused: it may have been copied',
  'account.passkey-removed': 'A passkey was removed',
  'account.password-changed': 'The password was changed',
  'account.proven-again': 'Proved again who you are',
  'account.reset-asked': 'A link for a new password was mailed',
  'account.sign-in-refused': 'A sign-in was refused',
  'account.signed-in': 'Signed in',
  'account.signed-out': 'Signed out',
  'project.archived': 'You archived a project',
  'project.factor-not-required': 'A second factor is no longer required by a project',
  'project.factor-required': 'A second factor was required by a project',
  'project.invitation-ended': 'An invitation to a project ended',
  'project.invited': 'An invitation to a project',
  'project.member-added': 'Became a member of a project',
  'project.member-changed': 'The role in a project changed',
  'project.member-removed': 'No longer a member of a project',
  'project.unarchived': 'You ended the archiving of a project',
  'release.deleted': 'You deleted files of a release',
  'release.refused': 'A change of a release was refused',
  'release.restored': 'You restored files of a release',
  'release.unyanked': 'You ended the yanking of files of a release',
  'release.yanked': 'You yanked files of a release',
  'token.created': 'An API token was made',
  'token.disclosed': 'An API token was found in public, and revoked',
  'token.revoked': 'An API token was revoked',
  'token.used-elsewhere': 'An API token was used from a new address',
  'publisher.added': 'A trusted publisher was added to a project',
  'publisher.pending-added': 'A pending publisher was added',
  'publisher.pending-invalidated': 'A pending publisher came too late for its name',
  'publisher.pending-removed': 'A pending publisher was removed',
  'publisher.pending-used': 'A pending publisher made its project',
  'publisher.removed': 'A trusted publisher was removed from a project',
};

export function logContent(entries: readonly LogEntry[]): Html {
  return html`<h1>What happened to your account</h1>
    <p>The newest first. Nobody can change or delete an entry.</p>
    <ul class="rows">
      ${entries.map(
        ({ at, event, address }) =>
          html`<li>
            <strong>${eventTexts[event] ?? event}</strong>
            <p class="soft">${moment(at)}${address === null ? '' : `, from ${address}`}</p>
          </li>`,
      )}
    </ul>`;
}

export function mailboxContent(mails: readonly KeptMail[]): Html {
  return html`<h1>Development mailbox</h1>
    <p>What would have been mailed, the newest first. There is no such page in production.</p>
    ${mails.map(
      ({ to, subject, text, at }) =>
        html`<article class="mail">
          <h2>${subject}</h2>
          <p class="soft">to ${to}, ${at}</p>
          <pre tabindex="0" aria-label="${subject}">${linked(text)}</pre>
        </article>`,
    )}`;
}

/** Addresses on lines of their own can be clicked. */
function linked(text: string): readonly Html[] {
  return text
    .split('\n')
    .map((line) =>
      /^https?:\/\/[!-~]+$/.test(line) ? html`<a href="${line}">${line}</a>${'\n'}` : html`${line}${'\n'}`,
    );
}
