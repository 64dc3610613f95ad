import type { StatusReport } from '../status/status-report.ts';
import { counted, humanBytes, humanDate, humanDuration } from './human.ts';
import { Html, html } from './html.ts';
import { pageLayout } from './page-layout.ts';

export interface HomeFacts {
  readonly publicUrl: string;
  /** Newest first; empty when there is none, null when the database does not answer. */
  readonly newestProjects: readonly string[] | null;
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
      ${installing(facts.publicUrl)} ${uploading(facts.publicUrl)} ${state(facts.status)}
      ${newest(facts.newestProjects)}`,
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

function state(status: StatusReport | null): Html {
  if (status === null) {
    return html`<h2>State of the repository</h2>
      <div class="state bad" role="status">
        <h3><strong>The database does not answer.</strong></h3>
        <p>What was published can still be fetched and verified; uploads have to wait.</p>
      </div>`;
  }
  return html`<h2>State of the repository</h2>
    ${verdict(status)} ${status.timestamp === null ? html`` : numbers(status)}`;
}

function verdict(status: StatusReport): Html {
  if (status.healthy) {
    return html`<div class="state" role="status">
      <h3>All is well.</h3>
      <p>
        What is published now stays valid for ${humanDuration(status.validForMs)}, and is signed anew long
        before.
      </p>
    </div>`;
  }
  const worst = status.problems.some(({ severity }) => severity === 'error') ? 'bad' : 'warn';
  const items = status.problems.map(
    (problem) =>
      html`<li>
        <strong>${problem.severity === 'error' ? 'Problem' : 'Warning'}:</strong> ${problem.message}
        <span class="soft">${problem.remedy}</span>
      </li>`,
  );
  return html`<div class="state ${worst}" role="status">
    <h3>Something needs attention.</h3>
    <ul>
      ${items}
    </ul>
  </div>`;
}

function numbers(status: StatusReport): Html {
  const { bins, queue, lastPublication } = status;
  const facts: readonly (readonly [term: string, value: string])[] = [
    ['Root of trust', role(status.root)],
    ['Timestamp', role(status.timestamp)],
    ['Snapshot', role(status.snapshot)],
    ['Signed lists', `${bins.count}, the largest ${humanBytes(bins.largestBytes)}`],
    ['Oldest list expires', bins.oldestExpires === null ? '–' : humanDate(bins.oldestExpires)],
    [
      'Waiting to be signed',
      queue.depth === 0
        ? 'nothing'
        : `${counted(queue.depth, 'request')}, the oldest for ${humanDuration(queue.oldestMs)}`,
    ],
    ['Last publication', lastPublication === null ? 'none yet' : publication(lastPublication)],
    ['Signing now', status.lease.holder ?? 'nobody'],
  ];
  const items = facts.map(
    ([term, value]) =>
      html`<div>
        <dt>${term}</dt>
        <dd>${value}</dd>
      </div>`,
  );
  return html`<dl class="facts">${items}</dl>`;
}

function role(role: StatusReport['root']): string {
  return role === null ? 'none' : `version ${role.version}, until ${humanDate(role.expires)}`;
}

function publication(last: NonNullable<StatusReport['lastPublication']>): string {
  const what = `number ${last.id}, ${counted(last.files, 'new file')}`;
  if (last.closedAt === null) return `${what}, ${last.state}`;
  return `${what}, ${humanDate(last.closedAt)}${last.durationMs === null ? '' : `, took ${Math.round(last.durationMs)} ms`}`;
}

function newest(names: readonly string[] | null): Html {
  if (names === null) return html``;
  const items = names.map((name) => html`<li><a href="/project/${name}/">${name}</a></li>`);
  const list =
    names.length === 0
      ? html`<p>None yet: be the first to upload.</p>`
      : html`<ul class="plain">
          ${items}
        </ul>`;
  return html`<h2>Newest releases</h2>
    ${list}`;
}
