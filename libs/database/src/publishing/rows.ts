import type { PathFacts, PathState, ProjectFacts, ProjectStatus } from '@rind/queue-port';

/** Columns of `signer.path` in the order in which the bulk statements pass them, without publication_id. */
export const pathColumns = `target_path, project, filename, state, length, sha256, sha512, blake2b256,
  requires_python, core_metadata_sha256, provenance_sha256, uploaded_at, yanked, yanked_reason, last_seq, bin`;

export interface PathRow {
  target_path: string;
  project: string;
  filename: string;
  state: PathState;
  length: string;
  sha256: string;
  sha512: string;
  blake2b256: string;
  requires_python: string | null;
  core_metadata_sha256: string | null;
  provenance_sha256: string | null;
  uploaded_at: string;
  yanked: boolean;
  yanked_reason: string | null;
  last_seq: string;
  bin: number;
}

export function pathOf(row: PathRow): PathFacts {
  return {
    targetPath: row.target_path,
    project: row.project,
    filename: row.filename,
    state: row.state,
    length: Number(row.length),
    sha256: row.sha256,
    sha512: row.sha512,
    blake2b256: row.blake2b256,
    requiresPython: row.requires_python,
    coreMetadataSha256: row.core_metadata_sha256,
    provenanceSha256: row.provenance_sha256,
    uploadedAt: row.uploaded_at,
    yanked: row.yanked,
    yankedReason: row.yanked_reason,
    lastSeq: Number(row.last_seq),
    bin: row.bin,
  };
}

/** One array a column, for `unnest`: one round trip however many rows. */
export function pathArrays(paths: readonly PathFacts[]): unknown[] {
  return [
    paths.map((p) => p.targetPath),
    paths.map((p) => p.project),
    paths.map((p) => p.filename),
    paths.map((p) => p.state),
    paths.map((p) => p.length),
    paths.map((p) => p.sha256),
    paths.map((p) => p.sha512),
    paths.map((p) => p.blake2b256),
    paths.map((p) => p.requiresPython),
    paths.map((p) => p.coreMetadataSha256),
    paths.map((p) => p.provenanceSha256),
    paths.map((p) => p.uploadedAt),
    paths.map((p) => p.yanked),
    paths.map((p) => p.yankedReason),
    paths.map((p) => p.lastSeq),
    paths.map((p) => p.bin),
  ];
}

export const pathTypes = [
  'text',
  'text',
  'text',
  'text',
  'bigint',
  'text',
  'text',
  'text',
  'text',
  'text',
  'text',
  'text',
  'boolean',
  'text',
  'bigint',
  'integer',
] as const;

export const projectColumns = 'name, status, status_reason, last_seq, page_sha256, page_length, page_bin';

export interface ProjectRow {
  name: string;
  status: ProjectStatus;
  status_reason: string | null;
  last_seq: string;
  page_sha256: string | null;
  page_length: number | null;
  page_bin: number | null;
}

export function projectOf(row: ProjectRow): ProjectFacts {
  return {
    name: row.name,
    status: row.status,
    statusReason: row.status_reason,
    lastSeq: Number(row.last_seq),
    pageSha256: row.page_sha256,
    pageLength: row.page_length,
    pageBin: row.page_bin,
  };
}

export function projectArrays(projects: readonly ProjectFacts[]): unknown[] {
  return [
    projects.map((p) => p.name),
    projects.map((p) => p.status),
    projects.map((p) => p.statusReason),
    projects.map((p) => p.lastSeq),
    projects.map((p) => p.pageSha256),
    projects.map((p) => p.pageLength),
    projects.map((p) => p.pageBin),
  ];
}

export const projectTypes = ['text', 'text', 'text', 'bigint', 'text', 'integer', 'integer'] as const;

/** `unnest($first::text[], $next::bigint[] …)`. */
export function unnest(types: readonly string[], first: number): string {
  return `unnest(${types.map((type, i) => `$${first + i}::${type}[]`).join(', ')})`;
}
