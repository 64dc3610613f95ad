/** An automated workflow that proved who it is (OpenID Connect), as PEP 740 names it in provenance. */
export interface TrustedPublisher {
  readonly kind: string;
  /** What identifies it, in the order of {@link claimsOf}; null where it may be anything. */
  readonly claims: Readonly<Record<string, string | null>>;
}

interface ClaimRule {
  readonly required: readonly string[];
  readonly optional: readonly string[];
}

/** Publishers whose identity stands in the certificates that they sign with. */
const claimsOf: ReadonlyMap<string, ClaimRule> = new Map([
  ['GitHub', { required: ['repository', 'workflow'], optional: ['environment'] }],
  ['GitLab', { required: ['repository', 'workflow_filepath'], optional: ['environment'] }],
  ['Google', { required: ['email'], optional: [] }],
]);

const SCHEME = 'oidc:';

/**
 * The publisher to whom a grant was given, from the grant's `how`: `oidc:KIND?CLAIM=VALUE&…`, percent-encoded,
 * as {@link grantedToPublisher} writes it. Null for every other right, such as `token:ID`.
 */
export function publisherOfGrant({ how }: { readonly how: string }): TrustedPublisher | null {
  if (!how.startsWith(SCHEME)) return null;
  const [kind = '', query = '', ...more] = how.slice(SCHEME.length).split('?');
  if (!/^[A-Za-z]+$/.test(kind) || more.length > 0) return null;
  const stated = claimsIn(query);
  if (stated === null) return null;
  const rule = claimsOf.get(kind);
  if (rule === undefined) return { kind, claims: Object.fromEntries(stated) };
  const names = [...rule.required, ...rule.optional];
  if ([...stated.keys()].some((name) => !names.includes(name))) return null;
  if (rule.required.some((name) => !stated.get(name))) return null;
  return { kind, claims: Object.fromEntries(names.map((name) => [name, stated.get(name) ?? null])) };
}

/** The `how` of a grant that a trusted publisher gets. */
export function grantedToPublisher({ kind, claims }: TrustedPublisher): string {
  const stated = Object.entries(claims)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}=${encodeURIComponent(value!)}`);
  return `${SCHEME}${kind}?${stated.join('&')}`;
}

/** Whether certificates show who such a publisher is. */
export function canAttest({ kind }: TrustedPublisher): boolean {
  return claimsOf.has(kind);
}

/** Null when a claim is stated twice or cannot be decoded. */
function claimsIn(query: string): Map<string, string> | null {
  const claims = new Map<string, string>();
  for (const pair of query.split('&').filter((part) => part !== '')) {
    const [, name, value] = /^([a-z_]+)=([^=]*)$/.exec(pair) ?? [];
    if (name === undefined || claims.has(name)) return null;
    try {
      claims.set(name, decodeURIComponent(value!));
    } catch {
      return null;
    }
  }
  return claims;
}
