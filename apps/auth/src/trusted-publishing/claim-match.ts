import type { GenericClaims, GitHubClaims, GitLabClaims, PublisherClaims } from './publisher-claims.ts';

/** What a token says; signed, but each claim may still be of any type, or missing. */
export type StatedClaims = Readonly<Record<string, unknown>>;

/** What a publisher's row says of it, as far as tokens are concerned. */
export interface Expected {
  readonly claims: PublisherClaims;
  /** As `iss` has it. */
  readonly issuer: string;
  /** Number of the repository's owner or namespace; null as long as it was not learnt. */
  readonly ownerId: string | null;
}

/**
 * The first claim that does not fit, or null when all do. Claims that are not asked about here never make it fail.
 * Names of repositories and projects are compared without regard to case, as their servers do; files, branches and
 * GitLab's environments are not, GitHub's environments are.
 */
export function mismatch({ claims, issuer, ownerId }: Expected, stated: StatedClaims): string | null {
  switch (claims.kind) {
    case 'github':
      return githubMismatch(claims, ownerId, stated);
    case 'gitlab':
      return gitlabMismatch(claims, issuer, ownerId, stated);
    case 'generic':
      return genericMismatch(claims, stated);
  }
}

/** Under which publishers of the issuer are looked for; null when the token does not say. */
export function subjectIn(kind: PublisherClaims['kind'], stated: StatedClaims): string | null {
  const name = { github: 'repository', gitlab: 'project_path', generic: 'sub' }[kind];
  const value = text(stated, name);
  if (value === null || value.includes('\0')) return null;
  return kind === 'generic' ? value : value.toLowerCase();
}

/** The number that a publisher without one is bound to at its first token; null where tokens have none. */
export function ownerIdIn(kind: PublisherClaims['kind'], stated: StatedClaims): string | null {
  if (kind === 'generic') return null;
  const id = text(stated, kind === 'github' ? 'repository_owner_id' : 'namespace_id');
  return id !== null && /^[0-9]{1,20}$/.test(id) ? id : null;
}

function githubMismatch(expected: GitHubClaims, ownerId: string | null, stated: StatedClaims): string | null {
  const { repository, workflow, environment } = expected;
  if (!sameName(text(stated, 'repository'), repository)) return 'repository';
  if (!sameName(text(stated, 'repository_owner'), repository.split('/')[0]!)) return 'repository_owner';
  const statedId = ownerIdIn('github', stated);
  if (statedId === null || (ownerId !== null && statedId !== ownerId)) return 'repository_owner_id';
  const prefix = `/.github/workflows/${workflow}@`;
  if (
    !isFileAt(text(stated, 'job_workflow_ref'), repository, prefix, [
      text(stated, 'ref'),
      text(stated, 'sha'),
    ])
  ) {
    return 'job_workflow_ref';
  }
  // Such a workflow runs with the rights of the repository on what a stranger proposes.
  const event = text(stated, 'event_name');
  if (event === null || event === 'pull_request_target') return 'event_name';
  if (environment !== null && !sameName(text(stated, 'environment'), environment)) return 'environment';
  return null;
}

function gitlabMismatch(
  expected: GitLabClaims,
  issuer: string,
  ownerId: string | null,
  stated: StatedClaims,
): string | null {
  const { project, configFile, environment } = expected;
  const subject = `project_path:${project}:`;
  if (!sameName(text(stated, 'sub')?.slice(0, subject.length) ?? null, subject)) return 'sub';
  if (!sameName(text(stated, 'project_path'), project)) return 'project_path';
  const statedId = ownerIdIn('gitlab', stated);
  if (ownerId !== null && statedId !== ownerId) return 'namespace_id';
  const { host, pathname } = new URL(issuer);
  const where = `${host}${pathname.replace(/\/$/, '')}/${project}`;
  if (
    !isFileAt(text(stated, 'ci_config_ref_uri'), where, `//${configFile}@`, [
      text(stated, 'ref_path'),
      text(stated, 'sha'),
    ])
  ) {
    return 'ci_config_ref_uri';
  }
  if (environment !== null && text(stated, 'environment') !== environment) return 'environment';
  return null;
}

function genericMismatch({ subject, claims }: GenericClaims, stated: StatedClaims): string | null {
  if (text(stated, 'sub') !== subject) return 'sub';
  for (const [name, value] of Object.entries(claims)) if (exact(stated, name) !== value) return name;
  return null;
}

/** `PLACE FILE @ REF`: the place without regard to case, and one of the refs that the token itself is for. */
function isFileAt(
  stated: string | null,
  place: string,
  file: string,
  refs: readonly (string | null)[],
): boolean {
  if (stated === null || !sameName(stated.slice(0, place.length), place)) return false;
  const rest = stated.slice(place.length);
  return refs.some((ref) => ref !== null && rest === `${file}${ref}`);
}

/** In ASCII alone: there are other letters whose small form is one of it. */
function sameName(stated: string | null, expected: string): boolean {
  return stated !== null && /^[ -~]*$/.test(stated) && stated.toLowerCase() === expected.toLowerCase();
}

/** Null for what is missing, empty, or no string. */
function text(stated: StatedClaims, name: string): string | null {
  const value = Object.hasOwn(stated, name) ? stated[name] : null;
  return typeof value === 'string' && value !== '' ? value : null;
}

/** Numbers and truth values as JSON writes them. */
function exact(stated: StatedClaims, name: string): string | null {
  const value = Object.hasOwn(stated, name) ? stated[name] : null;
  return typeof value === 'number' || typeof value === 'boolean' ? JSON.stringify(value) : text(stated, name);
}
