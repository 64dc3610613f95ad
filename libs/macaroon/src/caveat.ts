/** Tags of caveats: below 100 as PyPI's tokens have them, from 100 on our own. */
export const caveatTags = {
  expiration: 0,
  projectName: 1,
  projectId: 2,
  user: 3,
  publisher: 4,
  version: 100,
  digest: 101,
  singleUse: 102,
  secondFactor: 103,
} as const;

/** A condition under which a token counts; the first element tells which. */
export type Caveat =
  /** Seconds since 1970: not before the second, and before the first. */
  | readonly [tag: 0, expiresAt: number, notBefore: number]
  /** Names in normal form. */
  | readonly [tag: 1, projectNames: readonly string[]]
  | readonly [tag: 2, projectIds: readonly string[]]
  | readonly [tag: 3, userId: string]
  /** Issued to a trusted publisher. */
  | readonly [tag: 4, publisherId: string]
  /** Versions (PEP 440) that may be uploaded, in any spelling. */
  | readonly [tag: 100, versions: readonly string[]]
  /** SHA-256 of the files that may be uploaded, 64 digits of lower-case hex. */
  | readonly [tag: 101, digests: readonly string[]]
  /** Good for one file: 1 to 128 printable ASCII characters without spaces, told apart under one root key. */
  | readonly [tag: 102, nonce: string]
  /** The account's owner must have proven a second factor at most so many minutes ago; 1 to 525,600. */
  | readonly [tag: 103, minutes: number]
  /** An old form: the account that the token belongs to, whichever it is. */
  | readonly [tag: 'own-account']
  /** Anything else. It never holds. */
  | readonly [tag: 'unknown'];

const UNKNOWN: Caveat = ['unknown'];
const DIGEST = /^[0-9a-f]{64}$/;
const NONCE = /^[\x21-\x7e]{1,128}$/;
const MAX_MINUTES = 525_600;

/**
 * Reads a caveat: `[tag, …fields]` in JSON, or one of the mappings that PyPI wrote before. Whatever is neither, in
 * tag, number or kind of fields, is `unknown` and so fails closed.
 */
export function parseCaveat(text: string): Caveat {
  const value = parse(text);
  if (Array.isArray(value)) return fromArray(value);
  return typeof value === 'object' && value !== null ? fromMapping(value as Mapping) : UNKNOWN;
}

interface Mapping {
  readonly version?: unknown;
  readonly permissions?: unknown;
  readonly exp?: unknown;
  readonly nbf?: unknown;
  readonly project_ids?: unknown;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function fromArray([tag, first, second, ...more]: readonly unknown[]): Caveat {
  if (more.length > 0) return UNKNOWN;
  if (tag === 0) return isInteger(first) && isInteger(second) ? [0, first, second] : UNKNOWN;
  // Claims of the publisher's token: written once, never judged.
  if (tag === 4) return isText(first) && isAbsentOrObject(second) ? [4, first] : UNKNOWN;
  if (second !== undefined) return UNKNOWN;
  if (tag === 1) return isTexts(first) ? [1, first] : UNKNOWN;
  if (tag === 2) return isTexts(first) ? [2, first] : UNKNOWN;
  if (tag === 3) return isText(first) ? [3, first] : UNKNOWN;
  return fromOwn(tag, first);
}

function fromOwn(tag: unknown, field: unknown): Caveat {
  if (tag === 100) return isTexts(field) ? [100, field] : UNKNOWN;
  if (tag === 101) return isTexts(field) && field.every((one) => DIGEST.test(one)) ? [101, field] : UNKNOWN;
  if (tag === 102) return isText(field) && NONCE.test(field) ? [102, field] : UNKNOWN;
  if (tag === 103) {
    return isInteger(field) && field >= 1 && field <= MAX_MINUTES ? [103, field] : UNKNOWN;
  }
  return UNKNOWN;
}

function fromMapping({ version, permissions, exp, nbf, project_ids: projectIds }: Mapping): Caveat {
  if (version === 1) return fromPermissions(permissions);
  if (exp !== undefined && nbf !== undefined) return fromArray([0, exp, nbf]);
  return projectIds === undefined ? UNKNOWN : fromArray([2, projectIds]);
}

function fromPermissions(permissions: unknown): Caveat {
  if (permissions === 'user') return ['own-account'];
  if (typeof permissions !== 'object' || permissions === null || !('projects' in permissions)) return UNKNOWN;
  return fromArray([1, permissions.projects]);
}

function isInteger(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(isText);
}

function isAbsentOrObject(value: unknown): boolean {
  return value === undefined || (typeof value === 'object' && !Array.isArray(value));
}
