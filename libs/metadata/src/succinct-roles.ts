import { hash } from '@rind/crypto';
import type { JsonObject } from '@rind/kernel';
import { utf8 } from '@rind/kernel';
import { integerIn, stringIn, syntaxError } from './field.ts';
import { readRoleKeys, roleKeysObject } from './role-keys.ts';
import type { RoleKeys } from './role-keys.ts';

/**
 * A graph of 2^bitLength hash bins in a few bytes (TAP 15). Bin names are `<namePrefix>-<index>` in hex, as wide as
 * the last index. Every bin is terminating, as in all implementations.
 */
export interface SuccinctRoles extends RoleKeys {
  /** 1 to 32. */
  readonly bitLength: number;
  readonly namePrefix: string;
}

export function readSuccinctRoles(raw: JsonObject, path: string): SuccinctRoles {
  const bitLength = integerIn(raw, 'bit_length', path, 1);
  if (bitLength > 32) throw syntaxError(`${path}.bit_length`, 'an integer of at most 32');
  return { ...readRoleKeys(raw, path), bitLength, namePrefix: stringIn(raw, 'name_prefix', path) };
}

export function succinctRolesObject(roles: SuccinctRoles): JsonObject {
  return { ...roleKeysObject(roles), bit_length: roles.bitLength, name_prefix: roles.namePrefix };
}

/** The index of the bin that holds `path`: the first `bitLength` bits of the SHA-256 of its UTF-8 form. */
export function binIndexOf(bitLength: number, path: string): number {
  const digest = hash('sha256', utf8(path));
  const first = ((digest[0]! << 24) | (digest[1]! << 16) | (digest[2]! << 8) | digest[3]!) >>> 0;
  return first >>> (32 - bitLength);
}

/** The name of the bin with this index, e.g. `bin-0a3f`. */
export function succinctRoleName(
  roles: Pick<SuccinctRoles, 'bitLength' | 'namePrefix'>,
  index: number,
): string {
  return `${roles.namePrefix}-${index.toString(16).padStart(suffixLength(roles.bitLength), '0')}`;
}

/** The bin that is responsible for `path`. */
export function succinctRoleFor(roles: SuccinctRoles, path: string): string {
  return succinctRoleName(roles, binIndexOf(roles.bitLength, path));
}

/** All names in the order of their indexes, made one at a time: there may be 2^32. */
export function* succinctRoleNames(
  roles: Pick<SuccinctRoles, 'bitLength' | 'namePrefix'>,
): Generator<string> {
  const count = 2 ** roles.bitLength;
  for (let index = 0; index < count; index++) yield succinctRoleName(roles, index);
}

/** The index in a name that one of these bins has, or null. */
export function succinctRoleIndex(
  roles: Pick<SuccinctRoles, 'bitLength' | 'namePrefix'>,
  name: string,
): number | null {
  if (!name.startsWith(`${roles.namePrefix}-`)) return null;
  const suffix = name.slice(roles.namePrefix.length + 1);
  if (suffix.length !== suffixLength(roles.bitLength) || !/^[0-9a-f]+$/.test(suffix)) return null;
  const index = Number.parseInt(suffix, 16);
  return index < 2 ** roles.bitLength ? index : null;
}

/** True when one of these bins has this name. */
export function isSuccinctName(
  roles: Pick<SuccinctRoles, 'bitLength' | 'namePrefix'>,
  name: string,
): boolean {
  return succinctRoleIndex(roles, name) !== null;
}

/** Hex digits of the last index. */
function suffixLength(bitLength: number): number {
  return Math.ceil(bitLength / 4);
}
