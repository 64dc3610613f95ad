import type { ProjectPage } from '@rind/index-model';
import { counted, humanBytes, humanDate } from './human.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { pageLayout } from './page-layout.ts';

export interface ProjectFacts {
  readonly publicUrl: string;
  readonly page: ProjectPage;
  /** SHA-256 of the signed page, lower-case hex. */
  readonly pageSha256: string;
  /** The role that lists the page. */
  readonly bin: string;
}

type File = ProjectPage['files'][number];

export function projectPage({ publicUrl, page, pageSha256, bin }: ProjectFacts): string {
  const files = [...page.files].reverse();
  return pageLayout(
    `${page.name} on Rind`,
    html`<h1>${page.name}</h1>
      ${statusNote(page)}
      <pre tabindex="0"><code>pip install --index-url ${publicUrl}/simple/ ${page.name}</code></pre>
      <h2>Files</h2>
      ${files.length === 0 ? html`<p>No files are offered.</p>` : fileTable(page.name, files)}
      <h2>How this verifies</h2>
      <p>
        The list above is the signed target <code>simple/${page.name}/index.json</code> with the SHA-256
        <code>${pageSha256}</code>. It is listed in the role <code>${bin}</code>, which the snapshot names and
        the timestamp vouches for; each file is listed in the same way under
        <code>packages/${page.name}/</code>. Begin with a root of trust that you got elsewhere and let a TUF
        client walk the chain:
      </p>
      <pre
        tabindex="0"
      ><code>npx rind get ${page.name} --metadata-url ${publicUrl}/metadata/ --target-base-url ${publicUrl}/targets/ --root root.json</code></pre>`,
  );
}

function statusNote({ status, statusReason }: ProjectPage): Html {
  if (status === 'active') return html``;
  const reason = statusReason === undefined ? '' : ` Reason: ${statusReason}`;
  return html`<p class="state warn"><strong>This project is ${status}.</strong>${reason}</p>`;
}

function fileTable(name: string, files: readonly File[]): Html {
  const rows = files.map(
    (file) =>
      html`<tr>
        <th scope="row">
          <a href="/packages/${name}/${file.sha256}/${file.filename}">${file.filename}</a>${yankNote(file)}
        </th>
        <td class="number">${humanBytes(file.size)}</td>
        <td class="date">${humanDate(file.uploadTime)}</td>
        <td class="hash"><code>${file.sha256}</code></td>
      </tr>`,
  );
  return html`<p>${counted(files.length, 'file')}, newest version first.</p>
    <div class="scroll" tabindex="0" role="region" aria-label="Files">
      <table>
        <thead>
          <tr>
            <th scope="col">File</th>
            <th scope="col" class="number">Size</th>
            <th scope="col">Uploaded</th>
            <th scope="col">SHA-256</th>
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>
    </div>`;
}

function yankNote({ yanked }: File): Html {
  if (yanked === false) return html``;
  return html`<br /><strong class="warn">yanked</strong
    >${typeof yanked === 'string' && yanked !== '' ? `: ${yanked}` : ''}`;
}
