import type { ProjectStatus } from '@rind/queue-port';
import { newProjectProblem } from './new-project.ts';
import type { NewProjectFacts, NewProjectProblem } from './new-project.ts';

/** What makes a file itself. Digests are lower-case hex. */
export interface FileIdentity {
  readonly filename: string;
  readonly sha256: string;
  readonly blake2b256: string;
}

/** A file that somebody wants to add. */
export interface UploadCandidate extends FileIdentity {
  readonly project: string;
  readonly packageType: string;
  /** Bytes. */
  readonly length: number;
}

/** What the database knows about it. */
export interface UploadFacts {
  /** As last published; null when the project has never been. */
  readonly projectStatus: ProjectStatus | null;
  /** Null when the index knows the project, published or not. */
  readonly newProject: NewProjectFacts | null;
  /** The path as last signed. */
  readonly path: SignedFile | null;
  /** Files of the same name or the same BLAKE2b-256: two at most. */
  readonly files: readonly KnownFile[];
  /** Null when no file of the release is known. */
  readonly release: ReleaseFacts | null;
  /** Bytes of the project's files but those that were deleted. */
  readonly projectBytes: number;
}

export interface SignedFile extends FileIdentity {
  readonly state: 'live' | 'deleted' | 'revoked';
  /** The oldest upload of that path and those bytes, if any is recorded. */
  readonly uploadId: string | null;
}

export interface KnownFile extends FileIdentity {
  readonly id: string;
  /** The oldest upload of it that was not set aside; null when all were. */
  readonly uploadId: string | null;
}

/** A release: the files of a project whose versions are equal (PEP 440: `1.0` is `1.0.0`). */
export interface ReleaseFacts {
  /** Of its first file, deleted or not. */
  readonly openedAtMs: number;
  /** A source distribution that is served or waits to be. */
  readonly hasSdist: boolean;
}

export interface UploadLimits {
  /** For how long after its first file a release takes others. */
  readonly maxReleaseAgeMs: number;
  readonly maxProjectBytes: number;
  /** Names that nobody may register, in normal form. */
  readonly prohibitedNames: ReadonlySet<string>;
}

export type UploadProblem =
  | 'project.archived'
  | 'project.quarantined'
  | NewProjectProblem
  | 'filename.reused'
  | 'file.exists'
  | 'project.too-large'
  | 'release.closed'
  | 'release.second-sdist';

export type UploadDecision =
  /** Never seen: file, upload and request are recorded. */
  | { readonly kind: 'new' }
  /** The file is known, but the signer set every request for it aside: another request. */
  | { readonly kind: 'again'; readonly fileId: string }
  | { readonly kind: 'duplicate'; readonly uploadId: string }
  | { readonly kind: 'refuse'; readonly code: UploadProblem };

/**
 * What becomes of an upload, by the rules of PyPI and in the order in which an author sees refusals.
 * A name whose file was deleted is never used again, not even for the same bytes. What is there already is a
 * duplicate whatever the limits say: who tries again after a lost answer must get the first one's.
 */
export function decideUpload(
  candidate: UploadCandidate,
  facts: UploadFacts,
  { nowMs, ...limits }: UploadLimits & { readonly nowMs: number },
): UploadDecision {
  if (facts.projectStatus === 'archived') return refuse('project.archived');
  if (facts.projectStatus === 'quarantined') return refuse('project.quarantined');
  const nameProblem = newProjectProblem(candidate.project, facts.newProject, limits.prohibitedNames);
  if (nameProblem !== undefined) return refuse(nameProblem);
  if (facts.path !== null && facts.path.state !== 'live') return refuse('filename.reused');
  const known = decideKnown(candidate, facts);
  if (known !== null && known.kind !== 'again') return known;
  return limitProblem(candidate, facts, { nowMs, ...limits }) ?? known ?? { kind: 'new' };
}

/** Null when nobody knows the name or the bytes. */
function decideKnown(candidate: UploadCandidate, { files, path }: UploadFacts): UploadDecision | null {
  const known = files.find((file) => sameFile(file, candidate));
  if (known === undefined) {
    if (files.length > 0) return refuse('file.exists');
    return path === null ? null : decideSignedOnly(candidate, path);
  }
  if (known.uploadId !== null) return { kind: 'duplicate', uploadId: known.uploadId };
  return { kind: 'again', fileId: known.id };
}

/** A path that entered without an upload of ours, by an operator's import. */
function decideSignedOnly(candidate: UploadCandidate, path: SignedFile): UploadDecision {
  if (!sameFile(path, candidate) || path.uploadId === null) return refuse('file.exists');
  return { kind: 'duplicate', uploadId: path.uploadId };
}

function limitProblem(
  candidate: UploadCandidate,
  { release, projectBytes }: UploadFacts,
  { nowMs, maxReleaseAgeMs, maxProjectBytes }: UploadLimits & { readonly nowMs: number },
): UploadDecision | undefined {
  if (projectBytes + candidate.length > maxProjectBytes) return refuse('project.too-large');
  if (release === null) return undefined;
  if (nowMs - release.openedAtMs > maxReleaseAgeMs) return refuse('release.closed');
  if (candidate.packageType === 'sdist' && release.hasSdist) return refuse('release.second-sdist');
  return undefined;
}

function sameFile(a: FileIdentity, b: FileIdentity): boolean {
  return a.filename === b.filename && a.sha256 === b.sha256 && a.blake2b256 === b.blake2b256;
}

function refuse(code: UploadProblem): UploadDecision {
  return { kind: 'refuse', code };
}
