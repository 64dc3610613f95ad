import { splitProjectUrl } from '@rind/index-model';
import type { ProjectUrl, UploadFields } from '@rind/index-model';
import { dependencyList } from './dependencies.ts';
import { html } from '@rind/html';
import type { Html } from '@rind/html';

/** What the authors say of a release. None of it is signed, and none of it is checked. */
export function releaseDetails(fields: UploadFields): Html {
  const facts = [...peopleOf(fields), ...factsOf(fields)].map(
    ([term, value]) =>
      html`<div>
        <dt>${term}</dt>
        <dd>${value}</dd>
      </div>`,
  );
  const links = linksOf(fields).map(
    ({ label, url }) => html`<li><a href="${url}" rel="nofollow ugc noopener">${label}</a></li>`,
  );
  const lists = [
    dependencyList(fields.all('requires_dist')),
    foldedList('Classifiers', fields.all('classifiers')),
  ].filter((list) => list !== null);
  if (facts.length + links.length + lists.length === 0) return html``;
  return html`<h2 id="details">What its authors say</h2>
    ${facts.length === 0 ? html`` : html`<dl class="terms">${facts}</dl>`}
    ${links.length === 0 ? html`` : linkList(links)} ${lists}`;
}

function linkList(links: readonly Html[]): Html {
  return html`<h3>Links</h3>
    <ul class="plain">
      ${links}
    </ul>`;
}

function foldedList(title: string, values: readonly string[]): Html | null {
  if (values.length === 0) return null;
  const items = values.map((value) => html`<li>${value}</li>`);
  return html`<details>
    <summary>${title} (${values.length})</summary>
    <ul class="plain">
      ${items}
    </ul>
  </details>`;
}

function peopleOf(fields: UploadFields): [string, string][] {
  const person = (name: string, address: string): string =>
    [fields.first(name), fields.first(address)]
      .filter((part) => part !== undefined && part !== '')
      .join(', ');
  const people: [string, string][] = [
    ['Author', person('author', 'author_email')],
    ['Maintainer', person('maintainer', 'maintainer_email')],
  ];
  return people.filter(([, value]) => value !== '');
}

function factsOf(fields: UploadFields): [string, string][] {
  const license = fields.first('license_expression') ?? fields.first('license') ?? '';
  const facts: [string, string][] = [
    // Older forms carry the whole text of a licence.
    ['License', license.length > 100 ? `${license.slice(0, 100)}…` : license],
    ['Requires Python', fields.first('requires_python') ?? ''],
    ['Keywords', (fields.first('keywords') ?? '').split(/\s*,\s*/).join(', ')],
  ];
  return facts.filter(([, value]) => value !== '');
}

function linksOf(fields: UploadFields): ProjectUrl[] {
  const pairs = fields.all('project_urls').map(splitProjectUrl);
  const home = { label: 'Homepage', url: fields.first('home_page') ?? '' };
  return [home, ...pairs].filter(({ url }) => isWebLink(url));
}

/** Anything else than http and https could run in the reader's browser. */
function isWebLink(url: string): boolean {
  return /^https?:\/\//i.test(url) && URL.canParse(url);
}
