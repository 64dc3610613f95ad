import { html } from '@rind/html';
import type { Html } from '@rind/html';

/** The name (PEP 508) with its extras, the rest, and the extra that asks for it where there is one. */
const requirement = /^\s*([A-Za-z0-9][A-Za-z0-9._-]*(?:\s*\[[^\]]*\])?)\s*([^;]*)(?:;(.*))?$/s;
const extraOf = /(?:^|[\s(])extra\s*==\s*['"]([A-Za-z0-9][A-Za-z0-9._-]*)['"]/;

/** What a release needs, first always and then for each extra; null when it needs nothing. */
export function dependencyList(requirements: readonly string[]): Html | null {
  if (requirements.length === 0) return null;
  const groups = Map.groupBy(requirements, (text) => extraOf.exec(text)?.[1] ?? null);
  const always = groups.get(null) ?? [];
  const extras = [...groups].filter(([extra]) => extra !== null);
  return html`<h3>Dependencies</h3>
    ${always.length === 0 ? html`<p>None but for extras.</p>` : list(always)}
    ${extras.map(
      ([extra, texts]) =>
        html`<p class="soft">With the extra <code>${extra ?? ''}</code></p>
          ${list(texts)} `,
    )}`;
}

function list(requirements: readonly string[]): Html {
  return html`<ul class="plain">
    ${requirements.map(item)}
  </ul>`;
}

function item(text: string): Html {
  const [, name, versions = '', marker = ''] = requirement.exec(text) ?? [];
  if (name === undefined) return html`<li>${text}</li> `;
  const condition = marker
    .replace(extraOf, ' ')
    .trim()
    .replace(/^and\b|\band$/g, '')
    .trim();
  return html`<li>
    <strong>${name}</strong> ${versions.trim()}
    ${condition === '' ? html`` : html`<span class="soft">if ${condition}</span>`}
  </li> `;
}
