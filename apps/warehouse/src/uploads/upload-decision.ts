import type { ProjectStatus } from '@rind/queue-port';

/** A file that somebody wants to add. Digests are lower-case hex. */
export interface UploadCandidate {
  readonly filename: string;
  readonly sha256: string;
  readonly blake2b256: string;
}

/** What the database knows about it. */
export interface UploadFacts {
  /** As last published; null when the project has never been. */
  readonly projectStatus: ProjectStatus | null;
  /** The path as last signed. */
  readonly path: SignedFile | null;
  /** Files of the same name or the same BLAKE2b-256: two at most. */
  readonly files: readonly KnownFile[];
}

export interface SignedFile extends UploadCandidate {
  readonly state: 'live' | 'deleted' | 'revoked';
  /** The oldest upload of that path and those bytes, if any is recorded. */
  readonly uploadId: string | null;
}

export interface KnownFile extends UploadCandidate {
  readonly id: string;
  /** The oldest upload of it that was not set aside; null when all were. */
  readonly uploadId: string | null;
}

export type UploadDecision =
  /** Never seen: file, upload and request are recorded. */
  | { readonly kind: 'new' }
  /** The file is known, but the signer set every request for it aside: another request. */
  | { readonly kind: 'again'; readonly fileId: string }
  | { readonly kind: 'duplicate'; readonly uploadId: string }
  | {
      readonly kind: 'refuse';
      readonly code: 'project.archived' | 'project.quarantined' | 'filename.reused' | 'file.exists';
    };

/**
 * What becomes of an upload, by the rules of PyPI and in the order in which an author sees refusals.
 * A name whose file was deleted is never used again, not even for the same bytes.
 */
export function decideUpload(candidate: UploadCandidate, facts: UploadFacts): UploadDecision {
  if (facts.projectStatus === 'archived') return refuse('project.archived');
  if (facts.projectStatus === 'quarantined') return refuse('project.quarantined');
  if (facts.path !== null && facts.path.state !== 'live') return refuse('filename.reused');
  const known = facts.files.find((file) => sameFile(file, candidate));
  if (known === undefined) {
    if (facts.files.length > 0) return refuse('file.exists');
    return facts.path === null ? { kind: 'new' } : decideSignedOnly(candidate, facts.path);
  }
  if (known.uploadId !== null) return { kind: 'duplicate', uploadId: known.uploadId };
  return { kind: 'again', fileId: known.id };
}

/** A path that entered without an upload of ours, by an operator's import. */
function decideSignedOnly(candidate: UploadCandidate, path: SignedFile): UploadDecision {
  if (!sameFile(path, candidate) || path.uploadId === null) return refuse('file.exists');
  return { kind: 'duplicate', uploadId: path.uploadId };
}

function sameFile(a: UploadCandidate, b: UploadCandidate): boolean {
  return a.filename === b.filename && a.sha256 === b.sha256 && a.blake2b256 === b.blake2b256;
}

function refuse(code: Extract<UploadDecision, { kind: 'refuse' }>['code']): UploadDecision {
  return { kind: 'refuse', code };
}
