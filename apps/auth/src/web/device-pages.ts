import { html } from '@rind/html';
import type { Html } from '@rind/html';
import { browserName } from '../devices/browser-name.ts';
import type { ListedDevice } from '../devices/devices.ts';
import type { WaitingSignIn } from '../second-factor/half-sessions.ts';
import { button, refusedAll } from './form.ts';
import { moment } from './moment.ts';

export function devicesContent(devices: readonly ListedDevice[]): Html {
  return html`<h1>Devices</h1>
    <p>
      Browsers that you signed in with. From any other, a code of your app or a recovery code is confirmed by
      a link that is mailed to you. Your password and your second factor are asked for on all of them.
    </p>
    ${
      devices.length === 0
        ? html`<p>None is known.</p>`
        : html`<ul class="rows">
            ${devices.map(row)}
          </ul>`
    }`;
}

function row({ id, current, knownSince, seenAt, address, agent }: ListedDevice): Html {
  const name = browserName(agent);
  return html`<li>
    <strong>${name}</strong> ${current ? html`<span class="tag">this one</span>` : html``}
    <p class="soft">
      known since ${moment(knownSince)}, last signed in ${moment(seenAt)} from
      ${address}${agent === '' ? '' : `, ${agent}`}
    </p>
    <form class="inline" method="post" action="/account/devices/forget/">
      <input type="hidden" name="id" value="${id.toString('hex')}" />
      <button type="submit" aria-label="Forget ${name}, last seen at ${address}">Forget</button>
    </form>
  </li>`;
}

/** The code was right, and the link is on its way. */
export function mailedContent({ next }: WaitingSignIn): Html {
  return html`<h1>Read your mail</h1>
    <p>
      This browser is new to your account. A link was mailed to you: open it within 30 minutes,
      <strong>in this browser</strong>.
    </p>
    <p><a href="/account/login/?next=${encodeURIComponent(next)}">Begin again</a></p>`;
}

/** Asks before it acts: programs that read mail open links too. */
export function confirmContent(token: string, { address, agent, atMs }: WaitingSignIn): Html {
  return html`<h1>Is it you who is signing in?</h1>
    <dl>
      <div>
        <dt>When</dt>
        <dd>${moment(new Date(atMs))}</dd>
      </div>
      <div>
        <dt>Address</dt>
        <dd>${address}</dd>
      </div>
      <div>
        <dt>Browser</dt>
        <dd>${browserName(agent)}${agent === '' ? '' : html` <span class="soft">${agent}</span>`}</dd>
      </div>
    </dl>
    <form method="post" action="/account/confirm-device/">
      <input type="hidden" name="token" value="${token}" />
      ${button('Yes, sign me in')}
    </form>
    ${notYou}`;
}

/** The link was opened where nobody is signing in: by a person whose code somebody else typed, or by mistake. */
export function elsewhereContent(): Html {
  return html`<h1>Open the link where you are signing in</h1>
    ${refusedAll('In this browser nobody is waiting to be signed in. Nothing was done.')}
    <p>Copy the link into the browser that said that it was mailed. It works nowhere else.</p>
    ${notYou}`;
}

export function badLinkContent(): Html {
  return html`<h1>This link is not good</h1>
    ${refusedAll('It was used already, is older than 30 minutes, or was mailed for another sign-in.')}
    <p><a href="/account/login/">Sign in again</a></p>
    ${notYou}`;
}

const notYou = html`<h2>If it was not you who typed the code</h2>
  <p>
    Then somebody knows your password, and had a code of yours.
    <a href="/account/forgot/">Choose a new password</a>: that ends their sign-in.
  </p>`;
