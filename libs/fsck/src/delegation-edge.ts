import { matchesDelegation, succinctRoleNames } from '@rind/metadata';
import type { Delegations, KeyMap, RoleKeys, Root, Targets } from '@rind/metadata';

/** One role's trust in another, with everything that bounds it. */
export interface DelegationEdge {
  readonly name: string;
  /** The role that delegates. */
  readonly by: string;
  readonly role: RoleKeys;
  readonly keys: KeyMap;
  /** Set when the delegation is a share of the path hashes: the number of the share in the delegator's order. */
  readonly bin: number | null;
  /** Whether this delegation and all above it trust the role with a path. @param pathHash `pathHashOf(path)` */
  readonly covers: (path: string, pathHash: string) => boolean;
}

/** More bins than any snapshot that a client reads can list: the rest is not looked for one by one. */
const maxBinsAsked = 65_536;

/** Root's trust in `targets`. */
export function rootEdge(root: Root): DelegationEdge {
  const { targets: role } = root.roles;
  return { name: 'targets', by: 'root', role, keys: root.keys, bin: null, covers: () => true };
}

/** Every delegation of a document, in its order, to one role each. */
export function* edgesOf(above: DelegationEdge, { delegations }: Targets): Generator<DelegationEdge> {
  if (delegations === undefined) return;
  const { keys } = delegations;
  const by = above.name;
  if (delegations.kind === 'succinct') {
    const { succinct } = delegations;
    const shift = 32 - succinct.bitLength;
    let index = 0;
    for (const name of succinctRoleNames(succinct)) {
      if (index === maxBinsAsked) return;
      const bin = index++;
      const covers: DelegationEdge['covers'] = (path, pathHash) =>
        Number.parseInt(pathHash.slice(0, 8), 16) >>> shift === bin && above.covers(path, pathHash);
      yield { name, by, role: succinct, keys, bin, covers };
    }
    return;
  }
  // One role that has all prefixes only stands between: it shares nothing out.
  const sharesOut = delegations.roles.filter((role) => role.pathHashPrefixes !== undefined).length > 1;
  for (const [index, role] of delegations.roles.entries()) {
    const covers: DelegationEdge['covers'] = (path, pathHash) =>
      matchesDelegation(role, path, pathHash) && above.covers(path, pathHash);
    yield {
      name: role.name,
      by,
      role,
      keys,
      bin: sharesOut && role.pathHashPrefixes !== undefined ? index : null,
      covers,
    };
  }
}

/** How many roles the delegations name, those that `edgesOf` leaves out too. */
export function countEdges(delegations: Delegations | undefined): number {
  if (delegations === undefined) return 0;
  return delegations.kind === 'succinct' ? 2 ** delegations.succinct.bitLength : delegations.roles.length;
}
