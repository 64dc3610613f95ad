import { canonicalBytes } from '@rind/canonical-json';
import { concatBytes, utf8 } from '@rind/kernel';
import type { JsonObject, ProjectName, TargetPath } from '@rind/kernel';
import { packageTargetPath, pageTargetPath } from './target-path.ts';

/**
 * What a grant allows: `add` a new file; `yank`, `unyank`, `delete`, `restore` one; change the `status` of a
 * project. For operators alone: `revoke` (deleted until an operator restores it) and `import` (from elsewhere).
 */
export type GrantVerb = 'add' | 'yank' | 'unyank' | 'delete' | 'restore' | 'status' | 'revoke' | 'import';

/** Who issues grants: the account service on behalf of authors, or an operator with a key of their own. */
export type GrantIssuer = 'auth' | 'operator';

/** PEP 792. */
export type ProjectStatus = 'active' | 'archived' | 'quarantined' | 'deprecated';

/** Lower-case hex: 64, 128 and 64 digits. */
export interface GrantedDigests {
  readonly sha256: string;
  readonly sha512: string;
  /** BLAKE2b with a digest of 32 bytes. */
  readonly blake2b256: string;
}

/** The permission for one change of signed content. What a verb does not need is left out. */
export interface Grant {
  readonly v: 1;
  /** Name of the repository in which it counts. */
  readonly repository: string;
  /** UUID in lower case. */
  readonly id: string;
  /** Microseconds since 1970, strictly growing per issuer; only what is newer than the last counts on a path. */
  readonly seq: number;
  readonly verb: GrantVerb;
  readonly project: ProjectName;
  readonly filename?: string;
  readonly digests?: GrantedDigests;
  /** Bytes. */
  readonly length?: number;
  /** A set of version specifiers (PEP 440). */
  readonly requiresPython?: string;
  /** `yyyy-mm-ddThh:mm:ss.ffffffZ` */
  readonly uploadedAt?: string;
  /** Shown to whoever asks why; at most 500 characters on one line. */
  readonly reason?: string;
  readonly status?: ProjectStatus;
  /** Who wanted it, e.g. an account's name. */
  readonly actor: string;
  /** By what right, e.g. `token:<id>`. */
  readonly how: string;
  /** Issued at, seconds since 1970. */
  readonly iat: number;
  /** Seconds since 1970; bounds the first application only. */
  readonly exp: number;
}

/** Separates what is signed here from everything else that the same key might sign. */
export const grantDomain = 'rind-grant-v1\n';

const AUTH_VERBS: readonly GrantVerb[] = ['add', 'yank', 'unyank', 'delete', 'restore', 'status'];
const OPERATOR_VERBS: readonly GrantVerb[] = [
  'yank',
  'unyank',
  'delete',
  'restore',
  'status',
  'revoke',
  'import',
];

/** What an issuer may allow. */
export function grantVerbsOf(issuer: GrantIssuer): readonly GrantVerb[] {
  return issuer === 'auth' ? AUTH_VERBS : OPERATOR_VERBS;
}

/** What an issuer signs: the domain, then the grant in canonical JSON. */
export function grantMessage(grant: Grant): Uint8Array {
  return concatBytes(utf8(grantDomain), canonicalBytes(grant as unknown as JsonObject));
}

/** The signed name that a grant is about: a project's page for `status`, a file for every other verb. */
export function grantTargetPath(grant: Grant): TargetPath {
  return grant.filename === undefined
    ? pageTargetPath(grant.project)
    : packageTargetPath(grant.project, grant.filename);
}

/** Whether a grant may no longer be applied for the first time. */
export function isExpired(grant: Pick<Grant, 'exp'>, nowMs: number): boolean {
  return grant.exp * 1000 <= nowMs;
}
