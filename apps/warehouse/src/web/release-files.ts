import { relativeProvenanceUrl } from '@rind/index-model';
import type { ProjectName } from '@rind/kernel';
import { moment } from './dates.ts';
import { counted, humanBytes } from './human.ts';
import { html } from '@rind/html';
import type { Html } from '@rind/html';
import type { ReleasedFile } from '../releases/release.ts';
import { proofOf } from './proof.ts';
import type { ProofFacts } from './proof-facts.ts';

/** The files of a release: what they are, and for each how it is proven. */
export function releaseFiles(project: ProjectName, files: readonly ReleasedFile[], proof: ProofFacts): Html {
  if (files.length === 0)
    return html`<h2 id="files">Files</h2>
      <p>No files are offered.</p>`;
  const items = files.map((file) => fileItem(project, file, proof));
  return html`<h2 id="files">Files</h2>
    <p>${counted(files.length, 'file')}.</p>
    <ul class="files">
      ${items}
    </ul>`;
}

function fileItem(project: ProjectName, file: ReleasedFile, proof: ProofFacts): Html {
  const { filename, sha256, size, uploadTime, requiresPython, upload } = file;
  const bin = proof.fileBins.get(filename);
  const verifies =
    bin === undefined
      ? html``
      : proofOf(proof.roles, bin, { path: `packages/${project}/${filename}`, sha256, size });
  const others =
    upload === null
      ? html``
      : html`<p>
          BLAKE2b-256 <code class="hash">${upload.blake2b256}</code>, MD5
          <code class="hash">${upload.md5}</code> <span class="soft">(not signed)</span>
        </p>`;
  return html`<li>
    <h3><a href="/packages/${project}/${sha256}/${filename}">${filename}</a>${yankNote(file)}</h3>
    <p class="soft">
      ${kindOf(file)}, ${humanBytes(size)} · uploaded
      ${moment(uploadTime)}${requiresPython ? ` · Python ${requiresPython}` : ''}
    </p>
    <p>SHA-256 <code class="hash">${sha256}</code></p>
    ${attestations(project, file, proof)}
    <details>
      <summary>How this file verifies</summary>
      ${verifies} ${others}
    </details>
  </li>`;
}

/** Who says that they built the file (PEP 740), with the documents that say so. */
function attestations(project: ProjectName, file: ReleasedFile, { attested }: ProofFacts): Html {
  const by = attested.get(file.filename);
  const url = relativeProvenanceUrl(project, file);
  if (by === undefined || url === null) return html``;
  return html`<p>
    <a href="${url.replace('../..', '')}">${counted(by.attestations, 'attestation')}</a> by ${by.publisher}
  </p>`;
}

function kindOf({ filename }: ReleasedFile): string {
  return filename.endsWith('.whl') ? 'Wheel' : 'Source';
}

function yankNote({ yanked }: ReleasedFile): Html {
  if (yanked === false) return html``;
  return html` <strong class="tag warn">yanked</strong>${
      typeof yanked === 'string' && yanked !== '' ? `: ${yanked}` : ''
    }`;
}
