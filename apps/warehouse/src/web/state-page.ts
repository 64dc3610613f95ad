import type { StatusReport } from '../status/status-report.ts';
import { chainDiagram } from './chain-diagram.ts';
import { html } from '@rind/html';
import type { Html } from '@rind/html';
import { pageLayout } from './page-layout.ts';
import { repositoryState } from './repository-state.ts';

/** The roles in the order in which a client loads them, each with who signs it and what it is for. */
const roles: readonly (readonly [name: string, signs: string, tells: string])[] = [
  [
    'root',
    'people, offline, several of them',
    'names the keys of all other roles; its own successor is signed by both',
  ],
  [
    'timestamp',
    'this index, at every publication',
    'names the one snapshot that counts now, and expires within a day',
  ],
  [
    'snapshot',
    'this index, at every publication',
    'names the version of every list, so that no two times can be mixed',
  ],
  ['targets', 'people, offline', 'delegates everything to the bins'],
  ['bins', 'people, offline', 'says which bin a path belongs to, by its hash, and names the key of all bins'],
  [
    'bin-…',
    'this index, when its content changes and once a day',
    'lists files and project pages with length and SHA-256',
  ],
];

/** What the state of the repository is, and what its numbers mean. */
export function statePage(status: StatusReport | null, publicUrl: string): string {
  return pageLayout(
    'State of the repository on Rind',
    html`<h1>State of the repository</h1>
      ${repositoryState(status)}
      <h2>What is signed, by whom, and what for</h2>
      <p>
        Every file and every project page is a <em>target</em> of The Update Framework. A client begins with a
        root of trust and loads these roles in turn; each vouches for the next, and each expires.
      </p>
      <div class="roles">${chainDiagram(status)} ${roleTable()}</div>
      <h2>What a reader can rely on</h2>
      <ul>
        <li>
          A file never changes under its name: the signing process refuses a second content for ever, whoever
          asks.
        </li>
        <li>
          A page never shows a file that cannot be verified yet: it changes when its publication is closed.
        </li>
        <li>
          Nobody between you and the index can show an older state than you have seen, or hold you at an old
          one for longer than the timestamp is valid.
        </li>
      </ul>
      <h2>What is not signed</h2>
      <p>
        These web pages, search, feeds, the list of all projects and what authors say of their releases
        (descriptions, links, classifiers). Whoever holds this server could change them, and cannot change a
        file or a project page that a client verifies.
      </p>
      <h2>For programs</h2>
      <p>
        <a href="/api/v1/status">Status as JSON</a>; metadata at <code>${publicUrl}/metadata/</code>, targets
        at <code>${publicUrl}/targets/</code>; newest root for people:
        <a href="/metadata/root.json">root.json</a>.
      </p>`,
  );
}

function roleTable(): Html {
  const rows = roles.map(
    ([name, signs, tells]) =>
      html`<tr>
        <th scope="row"><code>${name}</code></th>
        <td>${signs}</td>
        <td>${tells}</td>
      </tr>`,
  );
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Roles">
    <table>
      <thead>
        <tr>
          <th scope="col">Role</th>
          <th scope="col">Signed by</th>
          <th scope="col">What it tells</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
}
