import { html } from '@rind/html';
import type { Html } from '@rind/html';
import type { JsonValue } from '@rind/kernel';
import type { MintRefusal } from '../authorization/person-may.ts';
import type { PersonTokenOrder, TokenOrderRefusals } from '../tokens/person-tokens.ts';
import type { ListedToken } from '../tokens/token-table.ts';
import { button, choice, field } from './form.ts';
import { moment } from './moment.ts';

export const lifetimes: readonly (readonly [value: string, text: string])[] = [
  ['1', 'a day'],
  ['7', 'a week'],
  ['30', '30 days'],
  ['90', '90 days'],
  ['365', 'a year'],
  ['', 'until it is revoked'],
];

export function tokensContent(tokens: readonly ListedToken[]): Html {
  return html`<h1>API tokens</h1>
    <p>With a token, <code>twine</code> and <code>uv</code> upload in your name. It opens nothing else.</p>
    <p><a href="/account/tokens/new/">Make a token</a></p>
    ${
      tokens.length === 0
        ? html`<p>You have none.</p>`
        : html`<ul class="rows">
            ${tokens.map(tokenRow)}
          </ul>`
    }`;
}

function tokenRow({ id, description, caveats, createdAt, lastUsedAt }: ListedToken): Html {
  return html`<li>
    <strong>${description === '' ? 'without a name' : description}</strong>
    <p class="soft">
      ${scopeText(caveats)}; made ${moment(createdAt)},
      ${lastUsedAt === null ? 'never used' : html`last used ${moment(lastUsedAt)}`}${expiryText(caveats)}
    </p>
    <form class="inline" method="post" action="/account/tokens/revoke/">
      <input type="hidden" name="id" value="${id}" />
      <button
        type="submit"
        aria-label="Revoke ${description === '' ? 'the token without a name' : description}"
      >
        Revoke
      </button>
    </form>
  </li>`;
}

function scopeText(caveats: readonly JsonValue[]): string {
  const names = caveats.flatMap((caveat) => (Array.isArray(caveat) && caveat[0] === 1 ? [caveat[1]] : []));
  const [first] = names;
  return Array.isArray(first) ? `for ${first.map(String).join(', ')}` : 'for all your projects';
}

function expiryText(caveats: readonly JsonValue[]): Html {
  const seconds = caveats.flatMap((caveat) =>
    Array.isArray(caveat) && caveat[0] === 0 && typeof caveat[1] === 'number' ? [caveat[1]] : [],
  );
  return seconds.length === 0 ? html`` : html`, ends ${moment(new Date(Math.min(...seconds) * 1_000))}`;
}

export function newTokenContent(
  sent: Omit<PersonTokenOrder, 'days'> & { readonly days: string },
  refusals: TokenOrderRefusals,
): Html {
  const { description, projects } = refusals;
  return html`<h1>Make an API token</h1>
    <form method="post" action="/account/tokens/new/">
      ${field({
        name: 'description',
        label: 'Name',
        type: 'text',
        autocomplete: 'off',
        hint: 'For you, to know it again: where it is used.',
        value: sent.description,
        ...(description === undefined ? {} : { refused: description }),
      })}
      ${field({
        name: 'projects',
        label: 'Projects',
        type: 'text',
        autocomplete: 'off',
        hint: 'Names with blanks between them. Leave it empty only if the token is for all your projects.',
        optional: true,
        value: sent.projects,
        ...(projects === undefined ? {} : { refused: projects }),
      })}
      ${choice({ name: 'days', label: 'Good for', options: lifetimes, value: sent.days })}
      ${button('Make the token')}
    </form>`;
}

export function mintedContent(token: string): Html {
  return html`<h1>Your new token</h1>
    <p><strong>It is not shown again.</strong> Copy it now to where it is used.</p>
    <pre class="token" tabindex="0" aria-label="The token"><code>${token}</code></pre>
    <p>User name <code>__token__</code>, password: the token.</p>
    <p><a href="/account/tokens/">To your tokens</a></p>`;
}

const refusalTexts: Readonly<
  Record<Exclude<MintRefusal, 'account.sudo-required'>, readonly [string, string]>
> = {
  'account.email-unverified': [
    'Confirm your e-mail address first: what happens to your tokens is mailed there.',
    '/account/',
  ],
  'account.second-factor-required': [
    'Set up a second factor first: a token is made only by whoever has just used one.',
    '/account/factors/',
  ],
};

export function tokenRefusedContent(refusal: Exclude<MintRefusal, 'account.sudo-required'>): Html {
  const [text, href] = refusalTexts[refusal];
  return html`<h1>Make an API token</h1>
    <p>${text}</p>
    <p><a href="${href}">Go there</a></p>`;
}
