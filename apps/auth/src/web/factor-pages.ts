import { html, Html } from '@rind/html';
import type { EnrolledFactors } from '../second-factor/enrolment.ts';
import type { ProofOutcome } from '../second-factor/factor-proof.ts';
import type { FactorState } from '../second-factor/second-factor.ts';
import { button, field, refusedAll } from './form.ts';
import { passkeysContent, passwordAlone, usePasskeyContent } from './passkey-pages.ts';

const codeField = (refused: string | null, hint: string): Html =>
  field({
    name: 'code',
    label: 'Code',
    type: 'text',
    autocomplete: 'one-time-code',
    hint,
    ...(refused === null ? {} : { refused }),
  });

const passwordField = (refused: string | null): Html =>
  field({
    name: 'password',
    label: 'Your password',
    type: 'password',
    autocomplete: 'current-password',
    ...(refused === null ? {} : { refused }),
  });

/** What is typed where a second factor is owed. */
const owedField = ({ totp, passkeys }: EnrolledFactors, refused: string | null): Html =>
  codeField(
    refused,
    passkeys && !totp
      ? 'One of your recovery codes.'
      : 'Six digits of your authenticator app, or a recovery code.',
  );

/** The second step of signing in. */
export function secondStepContent(next: string, enrolled: EnrolledFactors, refused: string | null): Html {
  const begin = `/account/login/?next=${encodeURIComponent(next)}`;
  return html`<h1>Second factor</h1>
    ${enrolled.passkeys ? usePasskeyContent('/account/second-factor/passkey/', next, begin) : html``}
    <form method="post" action="/account/second-factor/">
      <input type="hidden" name="next" value="${next}" />
      ${owedField(enrolled, refused)} ${button('Sign in')}
    </form>
    <p><a href="/account/login/">Begin again</a></p>`;
}

/** Asks for a second factor where the account has one, and else for the password. */
export function sudoContent(next: string, enrolled: EnrolledFactors, refused: string | null): Html {
  const begin = `/account/sudo/?next=${encodeURIComponent(next)}`;
  const { totp, passkeys } = enrolled;
  return html`<h1>Show that it is you</h1>
    <p>What you are about to do is sensitive. You are not asked again for 30 minutes.</p>
    ${passkeys ? usePasskeyContent('/account/sudo/passkey/', next, begin) : html``}
    <form method="post" action="/account/sudo/">
      <input type="hidden" name="next" value="${next}" />
      ${totp || passkeys ? owedField(enrolled, refused) : passwordField(refused)} ${button('Go on')}
    </form>`;
}

/** What there is, and the one thing to do next. */
export function factorsContent({ totp, left, proven, passkeys, emailVerified }: FactorState): Html {
  const may = proven && emailVerified;
  return html`<h1>Second factor</h1>
    <p>With a second factor, whoever learns your password cannot sign in with it.</p>
    <ol class="steps">
      <li>${emailVerified ? 'Your e-mail address is confirmed.' : 'Confirm your e-mail address first.'}</li>
      <li>
        ${left === 0 && !proven ? 'You have no recovery codes.' : `${left} of your 8 recovery codes are left.`}
        <a href="/account/recovery-codes/">Make ${left === 0 && !proven ? '' : 'new '}recovery codes</a>
      </li>
      <li>
        ${
          proven
            ? 'You have shown that you kept the codes.'
            : left === 0
              ? 'Then show that you kept them.'
              : html`<a href="/account/recovery-codes/prove/">Show that you kept them</a>, which uses one up.`
        }
      </li>
      <li>
        ${
          totp
            ? html`An authenticator app is set up. <a href="/account/totp/remove/">Remove it</a>`
            : may
              ? html`<a href="/account/totp/">Set up an authenticator app</a>`
              : 'Then set up an authenticator app, or a passkey.'
        }
      </li>
    </ol>
    ${passkeysContent(passkeys, may)}`;
}

export function makeCodesContent(refused: string | null): Html {
  return html`<h1>Recovery codes</h1>
    <p>
      Eight codes for the day on which you lose your phone. They are shown once; the ones you had before stop
      working.
    </p>
    <form method="post" action="/account/recovery-codes/">
      ${passwordField(refused)} ${button('Make eight codes')}
    </form>`;
}

export function codesContent(codes: readonly string[]): Html {
  return html`<h1>Your recovery codes</h1>
    <p><strong>They are not shown again.</strong> Print them, or keep them in your password manager.</p>
    <ul class="codes">
      ${codes.map((code) => html`<li><code>${code}</code></li>`)}
    </ul>
    <p><a href="/account/recovery-codes/prove/">I have kept them</a></p>`;
}

export function proveContent(refused: string | null): Html {
  return html`<h1>Show that you kept them</h1>
    <form method="post" action="/account/recovery-codes/prove/">
      ${codeField(refused, 'One of your recovery codes. It is used up; the others stay.')} ${button('Use it')}
    </form>`;
}

/** @param picture SVG of the QR code, drawn here */
export function enrolContent(
  { secret, sealed, picture }: { readonly secret: string; readonly sealed: string; readonly picture: string },
  refused: string | null,
): Html {
  return html`<h1>Set up an authenticator app</h1>
    <p>Scan this with the app on your phone, then type the code that it shows.</p>
    <figure class="qr" role="img" aria-label="QR code with the key below">${new Html(picture)}</figure>
    <details>
      <summary>Type the key instead</summary>
      <p><code>${secret.replace(/(.{4})(?=.)/g, '$1 ')}</code></p>
      <p>Time based, six digits, every 30 seconds.</p>
    </details>
    <form method="post" action="/account/totp/">
      <input type="hidden" name="offer" value="${sealed}" />
      ${codeField(refused, 'Six digits.')} ${button('Turn it on')}
    </form>`;
}

/** @param last whether no other second factor is left then */
export function removeContent(
  last: boolean,
  refusedPassword: string | null,
  refusedCode: string | null,
): Html {
  return html`<h1>Remove the authenticator app</h1>
    ${last ? refusedAll(passwordAlone) : html``}
    <form method="post" action="/account/totp/remove/">
      ${passwordField(refusedPassword)} ${codeField(refusedCode, 'Six digits, or a recovery code.')}
      ${button('Remove it')}
    </form>`;
}

/** Why a code is not taken. */
export function codeText(outcome: Exclude<ProofOutcome, 'ok'>): string {
  if (outcome === 'reused') return 'This code was used already. Wait for the next one.';
  if (typeof outcome === 'string') return 'This code is not right.';
  const { offSeconds } = outcome;
  const minutes = Math.max(1, Math.round(Math.abs(offSeconds) / 60));
  return `The clock of your phone is some ${minutes} minutes ${offSeconds > 0 ? 'ahead' : 'behind'}. Set it by the network, then try again.`;
}
