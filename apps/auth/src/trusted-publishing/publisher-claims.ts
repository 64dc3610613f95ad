import { canonicalize } from '@rind/canonical-json';
import { grantedToPublisher } from '@rind/index-model';
import type { TrustedPublisher } from '@rind/index-model';
import type { JsonValue } from '@rind/kernel';

export interface GitHubClaims {
  readonly kind: 'github';
  /** `owner/name`, as it was typed. */
  readonly repository: string;
  /** File in `.github/workflows/`. */
  readonly workflow: string;
  /** Null: any, or none. */
  readonly environment: string | null;
}

export interface GitLabClaims {
  readonly kind: 'gitlab';
  /** `namespace/project`, the namespace of any depth. */
  readonly project: string;
  /** Path of the CI file in the repository, `.gitlab-ci.yml` mostly. */
  readonly configFile: string;
  /** Null: any, or none. */
  readonly environment: string | null;
}

export interface GenericClaims {
  readonly kind: 'generic';
  /** Exactly as `sub` has it. */
  readonly subject: string;
  /** Further claims that have to be there, exactly so. */
  readonly claims: Readonly<Record<string, string>>;
}

/** What a workflow has to show to publish. */
export type PublisherClaims = GitHubClaims | GitLabClaims | GenericClaims;

const wellKnown = {
  github: 'https://token.actions.githubusercontent.com',
  gitlab: 'https://gitlab.com',
} as const;

/** Claims under which a publisher is looked for: rows of one subject are few. Case rules as in claim-match.ts. */
export function subjectOf(claims: PublisherClaims): string {
  if (claims.kind === 'generic') return claims.subject;
  return (claims.kind === 'github' ? claims.repository : claims.project).toLowerCase();
}

/** Equal for publishers that would match the same tokens; canonical JSON. */
export function identityOf(claims: PublisherClaims): string {
  const subject = subjectOf(claims);
  if (claims.kind === 'github') {
    const environment = claims.environment?.toLowerCase() ?? null;
    return canonicalize({ ...claims, repository: subject, environment });
  }
  return canonicalize(
    claims.kind === 'gitlab' ? { ...claims, project: subject } : (claims as unknown as JsonValue),
  );
}

/** How much it asks for: of publishers that match a token, the one that asks for most is taken. */
export function constraintsOf(claims: PublisherClaims): number {
  if (claims.kind === 'generic') return Object.keys(claims.claims).length;
  return claims.environment === null ? 0 : 1;
}

/** Who acts, in logs and grants; at most 200 characters. */
export function actorOf(claims: PublisherClaims): string {
  const name =
    claims.kind === 'generic'
      ? claims.subject
      : claims.kind === 'github'
        ? claims.repository
        : claims.project;
  return `publisher:${claims.kind}:${name}`;
}

/** By which right, in the grant: attestations are judged by it (PEP 740). */
export function rightOf(claims: PublisherClaims, issuer: string): string {
  return grantedToPublisher(publisherOf(claims, issuer));
}

/** Only the two that everybody knows go by their names: another server may call a project what it likes. */
function publisherOf(claims: PublisherClaims, issuer: string): TrustedPublisher {
  if (claims.kind === 'github') {
    const { repository, workflow, environment } = claims;
    if (issuer === wellKnown.github) return { kind: 'GitHub', claims: { repository, workflow, environment } };
    return { kind: 'OIDC', claims: { issuer, repository, workflow, environment } };
  }
  if (claims.kind === 'gitlab') {
    const { project: repository, configFile, environment } = claims;
    const stated = { repository, workflow_filepath: configFile, environment };
    if (issuer === wellKnown.gitlab) return { kind: 'GitLab', claims: stated };
    return { kind: 'OIDC', claims: { issuer, ...stated } };
  }
  return { kind: 'OIDC', claims: { issuer, subject: claims.subject } };
}

/** One line for people: `owner/name, release.yml, environment pypi`. */
export function describe(claims: PublisherClaims): string {
  if (claims.kind === 'generic') {
    return [claims.subject, ...Object.entries(claims.claims).map(([name, value]) => `${name}=${value}`)].join(
      ', ',
    );
  }
  const [name, file] =
    claims.kind === 'github' ? [claims.repository, claims.workflow] : [claims.project, claims.configFile];
  return [name, file, ...(claims.environment === null ? [] : [`environment ${claims.environment}`])].join(
    ', ',
  );
}
