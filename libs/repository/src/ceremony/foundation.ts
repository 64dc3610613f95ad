/**
 * What the next version of an offline role rests on: the published metadata that says who may sign it.
 *
 * 1. Root N+1 needs a threshold of root N and of itself (TUF 1.0.34 §5.3.4).
 * 2. `targets` is vouched for by the newest root, `bins` by `targets`.
 */
import { delegatedRoleKeys, parseRoot, parseTargets, verifyThreshold } from '@rind/metadata';
import type { KeyMap, Metadata, RoleKeys, Root, Targets } from '@rind/metadata';
import { isRindError } from '@rind/kernel';
import { CeremonyError } from './errors.ts';
import type { OfflineRole } from './offline-role.ts';

/** Published files, verbatim. */
export interface FoundationFiles {
  /** Roots in the order of their versions, without a gap; the last is the newest. */
  readonly roots: readonly Uint8Array[];
  /** As the snapshot names them; `bins` only where it is the one to follow. */
  readonly targets?: Uint8Array;
  readonly bins?: Uint8Array;
}

/** Who may sign, by a delegator's own list of keys. */
export interface SigningRight extends RoleKeys {
  readonly keys: KeyMap;
}

export interface Foundation {
  readonly root: Metadata<Root>;
  readonly targets: Metadata<Targets> | null;
  readonly bins: Metadata<Targets> | null;
}

/**
 * Verifies every file by the one before it.
 * @param trustedRoot one that the reader kept from before: the chain must begin with it or lead through it
 * @throws CeremonyError `ceremony.untrusted`
 */
export function verifyFoundation(files: FoundationFiles, trustedRoot?: Uint8Array): Foundation {
  const root = walkRoots(files.roots, trustedRoot);
  const targets = files.targets === undefined ? null : read('targets', parseTargets, files.targets);
  if (targets !== null) requireThreshold('targets', targets, rightOf(root.signed, 'targets'));
  if (files.bins === undefined) return { root, targets, bins: null };
  if (targets === null) throw untrusted('bins', 0, 'targets is missing');
  const bins = read('bins', parseTargets, files.bins);
  requireThreshold('bins', bins, delegatedRight(targets));
  return { root, targets, bins };
}

/** The published document that the ceremony's role follows. */
export function predecessorOf(role: OfflineRole, foundation: Foundation): Metadata<Root> | Metadata<Targets> {
  const found = foundation[role];
  if (found === null) throw untrusted(role, 0, 'is missing');
  return found;
}

/** The role's present signers: by the newest root, or for `bins` by `targets`. */
export function presentRight(role: OfflineRole, foundation: Foundation): SigningRight {
  if (role !== 'bins') return rightOf(foundation.root.signed, role);
  if (foundation.targets === null) throw untrusted('targets', 0, 'is missing');
  return delegatedRight(foundation.targets);
}

/** A top-level role of a root. */
export function rightOf(root: Root, role: 'root' | 'targets' | 'snapshot' | 'timestamp'): SigningRight {
  return { ...root.roles[role], keys: root.keys };
}

/** Who signs `bins`. */
export function delegatedRight(targets: Metadata<Targets>): SigningRight {
  const { delegations, version } = targets.signed;
  const role = delegations === undefined ? null : delegatedRoleKeys(delegations, 'bins');
  if (delegations === undefined || role === null) {
    throw untrusted('targets', version, 'does not delegate to bins');
  }
  return { keyIds: role.keyIds, threshold: role.threshold, keys: delegations.keys };
}

function walkRoots(files: readonly Uint8Array[], trustedRoot: Uint8Array | undefined): Metadata<Root> {
  const chain = files.map((file) => read('root', parseRoot, file));
  const first = chain[0];
  if (first === undefined) throw untrusted('root', 0, 'is missing');
  let current = trustedRoot === undefined ? first : read('root', parseRoot, trustedRoot);
  requireThreshold('root', current, rightOf(current.signed, 'root'));
  const from = chain.findIndex(({ signed }) => signed.version === current.signed.version);
  if (from < 0) throw untrusted('root', current.signed.version, 'is not in the chain');
  if (!sameSigned(chain[from]!, current)) {
    throw untrusted('root', current.signed.version, 'is another than the trusted one');
  }
  for (const next of chain.slice(from + 1)) {
    const { version } = next.signed;
    if (version !== current.signed.version + 1) throw untrusted('root', version, 'leaves a gap');
    requireThreshold('root', next, rightOf(current.signed, 'root'));
    requireThreshold('root', next, rightOf(next.signed, 'root'));
    current = next;
  }
  return current;
}

function sameSigned(a: Metadata<Root>, b: Metadata<Root>): boolean {
  const [one, other] = [a.signedBytes(), b.signedBytes()];
  return one.length === other.length && one.every((byte, i) => byte === other[i]);
}

function read<Document>(role: string, parse: (bytes: Uint8Array) => Document, file: Uint8Array): Document {
  try {
    return parse(file);
  } catch (cause) {
    if (!isRindError(cause)) throw cause;
    throw new CeremonyError(
      'ceremony.untrusted',
      `${role} is no metadata: ${cause.code}`,
      { role, version: 0, problem: cause.code },
      { cause },
    );
  }
}

function requireThreshold(
  role: string,
  metadata: Metadata<Root> | Metadata<Targets>,
  right: SigningRight,
): void {
  if (verifyThreshold(metadata, right, right.keys).ok) return;
  throw untrusted(role, metadata.signed.version, 'threshold not met');
}

function untrusted(role: string, version: number, problem: string): CeremonyError<'ceremony.untrusted'> {
  return new CeremonyError('ceremony.untrusted', `${role} ${version} ${problem}`, { role, version, problem });
}
