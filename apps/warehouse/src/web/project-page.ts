import { latestRelease, saidOf, yankOf } from '../releases/release.ts';
import type { Release, ReleasedProject } from '../releases/release.ts';
import { moment } from './dates.ts';
import { counted } from './human.ts';
import { html } from '@rind/html';
import type { Html } from '@rind/html';
import { pageLayout } from './page-layout.ts';
import { proofSection } from './proof.ts';
import type { ProofFacts } from './proof-facts.ts';
import { releaseDetails } from './release-details.ts';
import { releaseFiles } from './release-files.ts';

export interface ProjectFacts {
  readonly publicUrl: string;
  readonly project: ReleasedProject;
  /** The one that is shown; null where no file is offered. */
  readonly release: Release | null;
  /** Of the release, rendered and sanitised; null when there is none. */
  readonly description: Html | null;
  readonly proof: ProofFacts;
}

/** A project as seen in one of its releases: the latest, or one that was asked for. */
export function projectPage({ publicUrl, project, release, description, proof }: ProjectFacts): string {
  const said = saidOf(release);
  const summary = said.first('summary') ?? '';
  const version = release?.version.text;
  const pinned = release === latestRelease(project.releases) ? '' : `==${version}`;
  return pageLayout(
    `${project.displayName}${version === undefined ? '' : ` ${version}`} on Rind`,
    html`<h1>${project.displayName} ${version ?? ''}</h1>
      ${summary === '' ? html`` : html`<p class="summary">${summary}</p>`} ${statusNote(project)}
      ${release === null ? html`` : releaseNote(project, release)}
      <pre
        tabindex="0"
      ><code>pip install --index-url ${publicUrl}/simple/ ${project.name}${pinned}</code></pre>
      <nav class="parts" aria-label="On this page">
        ${description === null ? html`` : html`<a href="#description">Description</a>`}
        <a href="#files">Files</a> <a href="#verify">How this verifies</a> <a href="#history">History</a>
      </nav>
      ${told(description, releaseDetails(said))} ${releaseFiles(project.name, release?.files ?? [], proof)}
      ${proofSection(publicUrl, project, proof)} ${history(project, release)}`,
    { feed: { title: `Releases of ${project.name}`, path: `/rss/project/${project.name}/releases.xml` } },
  );
}

/** What authors say: the long text, and beside it (below it, on a phone) what is short. */
function told(description: Html | null, details: Html): Html {
  if (description === null) return details;
  return html`<div class="told">
    <section aria-labelledby="description">
      <h2 id="description">Description</h2>
      <div class="description">${description}</div>
    </section>
    <section>${details}</section>
  </div>`;
}

function statusNote({ status, statusReason }: ReleasedProject): Html {
  if (status === 'active') return html``;
  return html`<p class="state warn">
    <strong>This project is ${status}.</strong>${statusReason === null ? '' : ` Reason: “${statusReason}”.`}
  </p>`;
}

function releaseNote(project: ReleasedProject, release: Release): Html {
  const yank = yankOf(release);
  const latest = latestRelease(project.releases);
  return html`${
    yank === null
      ? html``
      : html`<p class="state warn">
          <strong>This release was yanked.</strong>${yank.reason === null ? '' : ` Reason: “${yank.reason}”.`}
          Installers take it only when asked for this very version.
        </p>`
  }
  ${
    latest === undefined || latest === release
      ? html``
      : html`<p class="state">
          There is another release to look at:
          <a href="/project/${project.name}/">${project.displayName} ${latest.version.text}</a>.
        </p>`
  }`;
}

function history({ name, releases }: ReleasedProject, shown: Release | null): Html {
  const items = releases.toReversed().map((release) => {
    const { version, files } = release;
    const first = files.map(({ uploadTime }) => uploadTime).sort()[0];
    const notes = [
      ...(version.isPrerelease ? [html`<span class="tag">pre-release</span>`] : []),
      ...(yankOf(release) === null ? [] : [html`<span class="tag warn">yanked</span>`]),
    ];
    return html`<li>
      <a href="/project/${name}/${version.text}/" ${release === shown ? html`aria-current="page"` : html``}
        >${version.text}</a
      >
      <span class="soft">${first === undefined ? '' : moment(first)} · ${counted(files.length, 'file')}</span>
      ${notes}
    </li>`;
  });
  return html`<h2 id="history">Release history</h2>
    ${
      items.length === 0
        ? html`<p>No release is offered.</p>`
        : html`<ol class="history" reversed>
            ${items}
          </ol>`
    }`;
}
