import { html } from '@rind/html';
import type { Html } from '@rind/html';
import { pageTargetPath } from '@rind/index-model';
import type { ProjectStatus } from '@rind/index-model';
import type { ProjectName } from '@rind/kernel';
import type { ProjectRole } from '../authorization/decide.ts';
import type { DeliveryState } from '../delivery/delivery-table.ts';
import type { OwnProject } from '../projects/project-table.ts';
import { changePath, projectPath, releasePath } from './addresses.ts';
import { changes, fileVerbs } from './change-plan.ts';
import type { ChangeSubject, FileVerb } from './change-plan.ts';
import type { DescribedFile, RecordedFile, RecordedRelease } from './project-record.ts';

/** What was handed over, and where the index says what became of it. */
export interface Deliveries {
  readonly states: ReadonlyMap<string, DeliveryState>;
  /** The index's public address; null when it is not known here. */
  readonly publicUrl: string | null;
}

export const verbTexts: Readonly<Record<ChangeSubject['verb'], string>> = {
  yank: 'Yank',
  unyank: 'Unyank',
  delete: 'Delete',
  restore: 'Restore',
  archive: 'Archive',
  unarchive: 'Unarchive',
};

/** @param more the name after which the next page begins */
export function projectsContent(projects: readonly OwnProject[], more: string | null): Html {
  return html`<h1>Your projects</h1>
    ${projects.length === 0 ? html`<p>None yet. The first upload of a name makes a project.</p>` : html``}
    <ul class="rows">
      ${projects.map(
        ({ name, role }) =>
          html`<li><a href="${projectPath(name)}">${name}</a> <span class="tag">${role}</span></li>`,
      )}
    </ul>
    ${more === null ? html`` : html`<p><a href="/manage/projects/?after=${more}">More projects</a></p>`}`;
}

const ownRecord = html`<p class="soft">
  This is what accounts themselves know: what they let people upload and change. What operators of the index
  did is not in it, nor whether the index refused something later: its own pages and the receipts say that.
</p>`;

export interface ProjectView {
  readonly project: ProjectName;
  readonly role: ProjectRole;
  readonly status: ProjectStatus;
  /** Of this page. */
  readonly releases: readonly RecordedRelease[];
  readonly page: number;
  readonly pages: number;
}

export function projectContent(view: ProjectView, deliveries: Deliveries): Html {
  const { project, role, status, releases, page, pages } = view;
  const verb = status === 'archived' ? 'unarchive' : 'archive';
  return html`<h1>${project}</h1>
    <p>
      You are ${role === 'owner' ? 'an owner' : 'a maintainer'}. Status: <strong>${status}</strong>
      ${deliveryNote(deliveries, pageTargetPath(project))}
    </p>
    <p><a href="${projectPath(project)}members/">Members</a></p>
    ${ownRecord}
    ${
      role === 'owner'
        ? html`<p>
            <a href="${changePath({ of: 'project', project, verb })}">${verbTexts[verb]} this project</a>
          </p>`
        : html`<p>Owners alone change releases.</p>`
    }
    <h2 id="releases">Releases</h2>
    <ul class="rows">
      ${releases.map(
        ({ version, files }) =>
          html`<li>
            <a href="${releasePath(project, version)}">${version}</a> ${releaseTags(files)}
            <p class="soft">${count(files.length)}</p>
          </li>`,
      )}
    </ul>
    ${pages > 1 ? pageLinks(project, page, pages) : html``}`;
}

export interface ReleaseView {
  readonly project: ProjectName;
  readonly version: string;
  readonly role: ProjectRole;
  readonly files: readonly DescribedFile[];
}

export function releaseContent({ project, version, role, files }: ReleaseView, deliveries: Deliveries): Html {
  const possible = (verb: FileVerb): boolean => role === 'owner' && files.some((file) => changes(verb, file));
  return html`<p><a href="${projectPath(project)}">${project}</a></p>
    <h1>${project} ${version}</h1>
    ${ownRecord} ${role === 'owner' ? html`` : html`<p>Owners alone change releases.</p>`}
    <ul class="actions">
      ${fileVerbs.filter(possible).map(
        (verb) =>
          html`<li>
            <a href="${changePath({ of: 'release', project, version, verb })}"
              >${verbTexts[verb]} the release</a
            >
          </li>`,
      )}
    </ul>
    <h2 id="files">Files</h2>
    <ul class="rows">
      ${files.map(
        (file) =>
          html`<li>
            <strong>${file.filename}</strong> ${fileTags(file)} ${deliveryNote(deliveries, file.targetPath)}
            ${fileFacts(file)}
            <p class="soft">uploaded ${moment(file.uploadedAt)} by ${file.uploadedBy}</p>
            ${file.yankedReason === null ? html`` : html`<p>Yanked because: ${file.yankedReason}</p>`}
            ${role === 'owner' ? fileActions(project, file) : html``}
          </li>`,
      )}
    </ul>`;
}

/** Size and digest, to compare with `sha256sum` at home. */
export function fileFacts({ length, sha256 }: Pick<DescribedFile, 'length' | 'sha256'>): Html {
  return html`<p class="soft">${length.toLocaleString('en')} bytes, SHA-256 <code>${sha256}</code></p>`;
}

function fileActions(project: ProjectName, file: DescribedFile): Html {
  const { filename } = file;
  return html`<p>
    ${fileVerbs
      .filter((verb) => changes(verb, file))
      .map(
        (verb) =>
          html`<a
            href="${changePath({ of: 'file', project, filename, verb })}"
            aria-label="${verbTexts[verb]} ${filename}"
            >${verbTexts[verb]}</a
          > `,
      )}
  </p>`;
}

function deliveryNote({ states, publicUrl }: Deliveries, path: string): Html {
  const state = states.get(path);
  if (state === undefined) return html``;
  if (!state.delivered) return html`<span class="tag warn">waiting for the index</span>`;
  const { receiptId } = state;
  if (receiptId === null || publicUrl === null) return html`<span class="tag">handed over</span>`;
  const receipt = `${publicUrl}/api/v1/uploads/${receiptId}`;
  return html`<span class="tag">handed over</span> <a href="${receipt}">receipt</a>`;
}

function releaseTags(files: readonly RecordedFile[]): Html {
  if (files.every(({ deleted }) => deleted)) return tag('deleted');
  const live = files.filter(({ deleted }) => !deleted);
  const parts = [
    ...(live.every(({ yanked }) => yanked) ? [tag('yanked')] : []),
    ...(live.some(({ yanked }) => yanked) && !live.every(({ yanked }) => yanked)
      ? [tag('partly yanked')]
      : []),
    ...(live.length < files.length ? [tag('partly deleted')] : []),
  ];
  return html`${parts}`;
}

function fileTags({ deleted, yanked }: RecordedFile): Html {
  if (deleted) return tag('deleted');
  return yanked ? tag('yanked') : html``;
}

function tag(text: string): Html {
  return html`<span class="tag warn">${text}</span> `;
}

function pageLinks(project: ProjectName, page: number, pages: number): Html {
  const to = (number: number, text: string): Html =>
    html`<a href="${projectPath(project)}?page=${number}">${text}</a> `;
  return html`<nav aria-label="Pages of releases">
    ${page > 1 ? to(page - 1, 'Newer releases') : html``} Page ${page} of ${pages}
    ${page < pages ? to(page + 1, 'Older releases') : html``}
  </nav>`;
}

function count(files: number): string {
  return files === 1 ? '1 file' : `${files} files`;
}

/** @param at `yyyy-mm-ddThh:mm:ss.ffffffZ` */
function moment(at: string): Html {
  return html`<time datetime="${at}">${at.slice(0, 16).replace('T', ' ')} UTC</time>`;
}
