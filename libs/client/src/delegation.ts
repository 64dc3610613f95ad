import type { DelegationMatch, KeyMap, Metadata, RoleKeys, Root, Targets } from '@rind/metadata';

/** One role's word that another one is trusted. */
export interface Delegation extends RoleKeys {
  /** The role trusted. */
  readonly name: string;
  /** Keys of the delegator's document; the same map object for everything that this very document delegates. */
  readonly keys: KeyMap;
}

/** Root's word for the top-level targets role. */
export function topLevelDelegation(root: Metadata<Root>): Delegation {
  return { name: 'targets', ...root.signed.roles.targets, keys: root.signed.keys };
}

export function delegationOf(match: DelegationMatch, delegator: Metadata<Targets>): Delegation {
  const keys: KeyMap = delegator.signed.delegations?.keys ?? new Map();
  return { name: match.name, keyIds: match.keyIds, threshold: match.threshold, keys };
}
