import { isSupportedKey } from '@rind/crypto';
import { canonicalBytes } from '@rind/canonical-json';
import { hasCanonicalKeyIds, verifyThreshold } from '@rind/metadata';
import type { AnyMetadata, Metadata, RoleKeys, Root, Targets } from '@rind/metadata';
import { maxRootBytes, maxTargetsBytes } from '../object-keys.ts';
import { appointmentsOf } from './appointments.ts';
import { delegatedRight, rightOf } from './foundation.ts';
import { binRoleName } from './offline-role.ts';
import type { OfflineRole } from './offline-role.ts';

/** Something that a client, or our own signer, would stumble over. Codes are API. */
export interface LintFinding {
  readonly code: LintCode;
  readonly message: string;
}

export type LintCode =
  | 'lint.expired'
  | 'lint.key-id'
  | 'lint.key-unsupported'
  | 'lint.threshold'
  | 'lint.online-threshold'
  | 'lint.consistent-snapshot'
  | 'lint.too-large'
  | 'lint.delegation'
  | 'lint.targets-listed'
  | 'lint.bins-changed'
  | 'lint.targets-orphaned'
  | 'lint.bins-orphaned'
  | 'lint.online-orphaned';

/** Room for the signatures of a file, bytes. */
const signatureRoomBytes = 16_384;

/** What the document itself would do to clients, whoever signs it. */
export function lintDocument(
  role: OfflineRole,
  before: Root | Targets,
  next: Root | Targets,
  nowMs: number,
): LintFinding[] {
  const findings: LintFinding[] = [];
  const found = (code: LintCode, message: string): void => void findings.push({ code, message });
  if (next.expiresMs <= nowMs) found('lint.expired', `expires ${next.expires}, which is past`);
  if (next.type === 'root' && !next.consistentSnapshot) {
    found('lint.consistent-snapshot', 'consistent_snapshot is off (TUF 1.0.34 §6.2)');
  }
  const { keys, roles } = appointmentsOf(role, next);
  if (!hasCanonicalKeyIds({ keys })) found('lint.key-id', 'a key id is not the hash of its key');
  for (const [id, key] of keys) {
    if (!isSupportedKey(key)) found('lint.key-unsupported', `nobody can verify the key ${id}`);
  }
  for (const [name, { keyIds, threshold }] of roles) {
    const usable = keyIds.filter((id) => keys.has(id)).length;
    if (usable < keyIds.length || threshold > usable) {
      found('lint.threshold', `${name} needs ${threshold} of ${usable} keys`);
    }
    if (online.includes(name) && threshold !== 1) {
      found('lint.online-threshold', `${name} is signed by one key of the signer, threshold ${threshold}`);
    }
  }
  if (next.type === 'targets') lintTargets(role, before as Targets, next, found);
  const maxBytes = role === 'root' ? maxRootBytes : maxTargetsBytes;
  const bytes = canonicalBytes(next.raw).length + signatureRoomBytes;
  if (bytes > maxBytes) found('lint.too-large', `${bytes} bytes, and clients read ${maxBytes}`);
  return findings;
}

const online: readonly string[] = ['snapshot', 'timestamp', binRoleName];

function lintTargets(
  role: OfflineRole,
  before: Targets,
  next: Targets,
  found: (code: LintCode, message: string) => void,
): void {
  if (next.targets.size > 0) found('lint.targets-listed', `${role} lists targets of its own`);
  if (role === 'targets') {
    const { delegations } = next;
    const bins = delegations?.kind === 'roles' && delegations.roles.some(({ name }) => name === 'bins');
    if (!bins) found('lint.delegation', 'targets does not delegate to bins');
  } else if (shapeOfBins(before) !== shapeOfBins(next)) {
    found('lint.bins-changed', 'the number or the names of the bins change: that is no ceremony');
  }
}

function shapeOfBins({ delegations }: Targets): string {
  if (delegations === undefined) return 'none';
  if (delegations.kind === 'succinct') {
    return `${delegations.succinct.namePrefix} ${delegations.succinct.bitLength}`;
  }
  const same = ({ keyIds, threshold }: RoleKeys): string => `${keyIds.join()} ${threshold}`;
  const first = delegations.roles[0];
  const uniform = delegations.roles.every((role) => first !== undefined && same(role) === same(first));
  const shares = delegations.roles.map(
    ({ name, pathHashPrefixes = [] }) => `${name} ${pathHashPrefixes.join()}`,
  );
  return `${uniform ? 'uniform' : 'mixed'} ${shares.join(' ')}`;
}

/** What is served at the moment, as far as root judges it. */
export interface ServedMetadata {
  readonly targets: AnyMetadata;
  readonly snapshot: AnyMetadata;
  readonly timestamp: AnyMetadata;
}

/**
 * Whether clients that go on to `next` still accept what is served. `lint.online-orphaned` is cured by the signer,
 * which signs with the new keys as well before it publishes the root; `lint.targets-orphaned` by a ceremony of
 * `targets` that the new keys sign too.
 */
export function lintSuccession(next: Metadata<Root>, served: ServedMetadata): LintFinding[] {
  const findings: LintFinding[] = [];
  for (const role of ['targets', 'snapshot', 'timestamp'] as const) {
    const right = rightOf(next.signed, role);
    if (verifyThreshold(served[role], right, right.keys).ok) continue;
    const code = role === 'targets' ? 'lint.targets-orphaned' : 'lint.online-orphaned';
    findings.push({ code, message: `the ${role} that is served is not signed by the new keys` });
  }
  return findings;
}

/** The same of a new `targets`: the `bins` that are served must be signed by those to whom it delegates. */
export function lintDelegation(next: Metadata<Targets>, bins: Metadata<Targets>): LintFinding[] {
  const right = delegatedRight(next);
  if (verifyThreshold(bins, right, right.keys).ok) return [];
  return [{ code: 'lint.bins-orphaned', message: 'the bins that are served are not signed by the new keys' }];
}
