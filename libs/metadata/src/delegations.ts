import type { JsonObject } from '@rind/kernel';
import { delegatedRoleObject, matchesDelegation, pathHashOf, readDelegatedRole } from './delegated-role.ts';
import type { DelegatedRole } from './delegated-role.ts';
import { MetadataError } from './errors.ts';
import { arrayIn, objectAt, objectIn } from './field.ts';
import { keysObject, readKeys } from './key-map.ts';
import type { KeyMap } from './key-map.ts';
import type { RoleKeys } from './role-keys.ts';
import {
  isSuccinctName,
  readSuccinctRoles,
  succinctRoleFor,
  succinctRoleName,
  succinctRolesObject,
} from './succinct-roles.ts';
import type { SuccinctRoles } from './succinct-roles.ts';

/** What a targets role delegates: a list in order of priority (TUF 1.0.34 §4.5), or hash bins (TAP 15). */
export type Delegations =
  | { readonly kind: 'roles'; readonly keys: KeyMap; readonly roles: readonly DelegatedRole[] }
  | { readonly kind: 'succinct'; readonly keys: KeyMap; readonly succinct: SuccinctRoles };

export function readDelegations(raw: JsonObject): Delegations {
  const path = 'signed.delegations';
  if ((raw['roles'] === undefined) === (raw['succinct_roles'] === undefined)) {
    throw new MetadataError(
      'metadata.ambiguous-delegation',
      'exactly one of roles and succinct_roles is needed',
      {
        field: path,
        fields: ['roles', 'succinct_roles'],
      },
    );
  }
  const keys = readKeys(raw, path);
  if (raw['roles'] === undefined) {
    const succinct = readSuccinctRoles(objectIn(raw, 'succinct_roles', path), `${path}.succinct_roles`);
    return { kind: 'succinct', keys, succinct };
  }
  const names = new Set<string>();
  const roles = arrayIn(raw, 'roles', path).map((entry, index) => {
    const at = `${path}.roles[${index}]`;
    const role = readDelegatedRole(objectAt(entry, at), at);
    if (names.has(role.name)) {
      throw new MetadataError('metadata.duplicate-role', 'two delegations have one name', {
        name: role.name,
      });
    }
    names.add(role.name);
    return role;
  });
  return { kind: 'roles', keys, roles };
}

export function delegationsObject(delegations: Delegations): JsonObject {
  const keys = keysObject(delegations.keys);
  return delegations.kind === 'roles'
    ? { keys, roles: delegations.roles.map(delegatedRoleObject) }
    : { keys, succinct_roles: succinctRolesObject(delegations.succinct) };
}

/** A role to visit for a path, in the order of the document. */
export interface DelegationMatch extends RoleKeys {
  readonly name: string;
  readonly terminating: boolean;
}

/** The roles trusted with `path`, in order of priority (TUF 1.0.34 §5.6.7.2). */
export function* delegationsFor(delegations: Delegations, path: string): Generator<DelegationMatch> {
  if (delegations.kind === 'succinct') {
    const { succinct } = delegations;
    const { keyIds, threshold } = succinct;
    yield { name: succinctRoleFor(succinct, path), terminating: true, keyIds, threshold };
    return;
  }
  const pathHash = pathHashOf(path);
  for (const role of delegations.roles) if (matchesDelegation(role, path, pathHash)) yield role;
}

/** Who signs for the delegated role `name`, or null when nothing is delegated to it. */
export function delegatedRoleKeys(delegations: Delegations, name: string): RoleKeys | null {
  if (delegations.kind === 'succinct') {
    return isSuccinctName(delegations.succinct, name) ? delegations.succinct : null;
  }
  return delegations.roles.find((role) => role.name === name) ?? null;
}

/**
 * The bins of `succinct` written out as PEP 458 describes them: one terminating role per bin with the
 * hash prefixes of its share, in the order of their indexes.
 */
export function explicitBins(succinct: SuccinctRoles): readonly DelegatedRole[] {
  const { bitLength, keyIds, threshold } = succinct;
  const digits = Math.ceil(bitLength / 4);
  const prefixesPerBin = 2 ** (4 * digits - bitLength);
  return Array.from({ length: 2 ** bitLength }, (_, index) => ({
    name: succinctRoleName(succinct, index),
    keyIds,
    threshold,
    terminating: true,
    pathHashPrefixes: Array.from({ length: prefixesPerBin }, (_, offset) =>
      (index * prefixesPerBin + offset).toString(16).padStart(digits, '0'),
    ),
  }));
}
