/** Tags of the caveats that PyPI's tokens carry. */
export const caveatTags = { expiration: 0, projectName: 1, projectId: 2, user: 3, publisher: 4 } as const;

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
  /** An old form: the account that the token belongs to, whichever it is. */
  | readonly [tag: 'own-account']
  /** Anything else. It never holds. */
  | readonly [tag: 'unknown'];

const UNKNOWN: Caveat = ['unknown'];

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
