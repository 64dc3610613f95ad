import { html } from '@rind/html';
import type { Html } from '@rind/html';
import type { ListedPasskey } from '../second-factor/passkey-factor.ts';
import { moment } from './moment.ts';
import { button, field, refusedAll } from './form.ts';

export const passwordAlone = 'Signing in takes your password alone after that.';

/** Part of the page of all factors. @param may whether one can be added now */
export function passkeysContent(passkeys: readonly ListedPasskey[], may: boolean): Html {
  return html`<h2 id="passkeys">Passkeys</h2>
    <p>
      Kept by your phone, computer or security key. A passkey works on this address alone: nobody can be lured
      into giving it to another.
    </p>
    ${
      passkeys.length === 0
        ? html``
        : html`<ul class="rows">
            ${passkeys.map(row)}
          </ul>`
    }
    <p>
      ${
        may
          ? html`<a href="/account/passkeys/">Add a passkey</a>`
          : 'One can be added once you have shown that you kept your recovery codes.'
      }
    </p>`;
}

function row({ id, name, addedAt, lastUsedAt }: ListedPasskey): Html {
  return html`<li>
    <strong>${name}</strong>
    <p class="soft">
      added ${moment(addedAt)},
      ${lastUsedAt === null ? 'not used yet' : html`last used ${moment(lastUsedAt)}`}
    </p>
    <p><a href="/account/passkeys/${id}/remove/" aria-label="Remove the passkey ${name}">Remove</a></p>
  </li>`;
}

export function addPasskeyContent(): Html {
  return html`<h1>Add a passkey</h1>
    <p>Give it a name by which you will know it again. Then your browser asks where to keep it.</p>
    <form
      data-passkey="create"
      data-ask="/account/passkeys/options/"
      data-answer="/account/passkeys/"
      data-again="/account/passkeys/"
    >
      <p class="refused-all" role="alert" hidden></p>
      ${field({
        name: 'name',
        label: 'Name',
        type: 'text',
        autocomplete: 'off',
        hint: 'Such as “phone” or “key in the drawer”; 64 characters at most.',
      })}
      ${scriptButton('Add a passkey')}
    </form>
    <noscript><p>A passkey takes a script, and scripts are off in this browser.</p></noscript>
    <p><a href="/account/factors/">Back</a></p>`;
}

/**
 * Part of each page that asks for a second factor: there once the script is.
 * @param path where the script asks (`options/` below it) and answers
 * @param next where to go then
 * @param again where who is redirected meanwhile has to begin
 */
export function usePasskeyContent(path: string, next: string, again: string): Html {
  return html`<form
      data-passkey="get"
      data-ask="${path}options/"
      data-answer="${path}"
      data-again="${again}"
      hidden
    >
      <p class="refused-all" role="alert" hidden></p>
      <input type="hidden" name="next" value="${next}" />
      ${scriptButton('Use a passkey')}
    </form>
    <noscript
      ><p>Your passkeys take a script, and scripts are off in this browser. Codes need none.</p></noscript
    >
    <h2>Or by a code</h2>`;
}

/** @param last whether no other second factor is left then */
export function removePasskeyContent({ id, name }: ListedPasskey, last: boolean): Html {
  return html`<h1>Remove a passkey</h1>
    <p>
      <strong>${name}</strong> does not open your account any more. Remove it from the device too, where it is
      still kept.
    </p>
    ${last ? refusedAll(passwordAlone) : html``}
    <form method="post" action="/account/passkeys/${id}/remove/">${button('Remove it')}</form>
    <p><a href="/account/factors/">Keep it</a></p>`;
}

/** Does nothing until the script has taken hold of it. */
function scriptButton(text: string): Html {
  return html`<button class="main" type="submit" disabled>${text}</button>`;
}
