import type { StatusReport } from '../status/status-report.ts';
import { moment } from './dates.ts';
import { html } from '@rind/html';
import type { Html } from '@rind/html';
import type { Newest } from './newest.ts';
import { pageLayout } from './page-layout.ts';
import { repositoryState } from './repository-state.ts';

export interface HomeFacts {
  readonly publicUrl: string;
  /** Newest first; empty when there is none, null when the database does not answer. */
  readonly newest: readonly Newest[] | null;
  /** Null when the database does not answer. */
  readonly status: StatusReport | null;
}

export function homePage(facts: HomeFacts): string {
  return pageLayout(
    'Rind: a Python package index that signs what it serves',
    html`<h1>A Python package index that survives its own compromise</h1>
      <p>
        Rind signs every file and every project page it serves, in many small signed lists that are renewed
        each day. Whoever breaks into a mirror, a CDN or a connection cannot change, mix or roll back what a
        verifying client fetches, and cannot hold it at an old state for longer than those lists are valid.
      </p>
      ${newestReleases(facts.newest)} ${installing(facts.publicUrl)} ${uploading(facts.publicUrl)}
      <h2>State of the repository</h2>
      ${repositoryState(facts.status)}
      <p><a href="/state/">What these numbers mean</a></p>`,
    { feed: { title: 'Newest releases on Rind', path: '/rss/updates.xml' } },
  );
}

function installing(publicUrl: string): Html {
  return html`<h2>Install</h2>
    <p>With verification: every byte is checked against the signatures before pip sees it.</p>
    <pre tabindex="0"><code>npx rind get PROJECT --out wheels
pip install wheels/*</code></pre>
    <p>Without, trusting this server as you would any other index:</p>
    <pre tabindex="0"><code>pip install --index-url ${publicUrl}/simple/ PROJECT</code></pre>`;
}

function uploading(publicUrl: string): Html {
  return html`<h2>Upload</h2>
    <p>
      Any tool that uploads to PyPI works, with an API token as the password of the user
      <code>__token__</code>.
    </p>
    <pre tabindex="0"><code>twine upload --repository-url ${publicUrl}/legacy/ -u __token__ dist/*
uv publish --publish-url ${publicUrl}/legacy/ dist/*</code></pre>
    <p>The answer links to a receipt, which tells when the file can be verified by everybody.</p>`;
}

function newestReleases(newest: readonly Newest[] | null): Html {
  if (newest === null) return html``;
  const items = newest.map(
    ({ name, displayName, version, summary, at }) =>
      html`<li>
        <a href="/project/${name}/">${displayName}</a>
        <a class="version" href="/project/${name}/${encodeURIComponent(version)}/">${version}</a>
        <span class="soft">${moment(at)}</span>
        ${summary === '' ? html`` : html`<p>${summary}</p>`}
      </li>`,
  );
  const list =
    items.length === 0
      ? html`<p>None yet: be the first to upload.</p>`
      : html`<ul class="results">
          ${items}
        </ul>`;
  return html`<h2>Newest releases</h2>
    ${list}`;
}
