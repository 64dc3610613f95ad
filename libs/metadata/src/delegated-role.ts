import { hashHex } from '@rind/crypto';
import type { JsonObject } from '@rind/kernel';
import { utf8 } from '@rind/kernel';
import { MetadataError } from './errors.ts';
import { booleanIn, stringIn, stringsIn, syntaxError } from './field.ts';
import { matchesPathPattern } from './path-pattern.ts';
import { readRoleKeys, roleKeysObject } from './role-keys.ts';
import type { RoleKeys } from './role-keys.ts';
import { roleTypes } from './signed.ts';

/** One delegation of a targets role (TUF 1.0.34 §4.5). With neither paths nor prefixes it matches nothing. */
export interface DelegatedRole extends RoleKeys {
  /** Not empty, not a top-level role's. */
  readonly name: string;
  /** When true and the path matches, no later delegation is asked (TUF 1.0.34 §5.6.7.2). */
  readonly terminating: boolean;
  /** Glob patterns, see `matchesPathPattern`. */
  readonly paths?: readonly string[];
  /** Lower-case hex prefixes of the path's SHA-256, at most 64 digits. */
  readonly pathHashPrefixes?: readonly string[];
}

export function readDelegatedRole(raw: JsonObject, path: string): DelegatedRole {
  const name = stringIn(raw, 'name', path);
  if (name === '' || (roleTypes as readonly string[]).includes(name)) {
    throw new MetadataError('metadata.bad-role-name', 'a delegated role needs a name of its own', { name });
  }
  if (raw['paths'] !== undefined && raw['path_hash_prefixes'] !== undefined) {
    throw new MetadataError(
      'metadata.ambiguous-delegation',
      'paths and path_hash_prefixes exclude each other',
      {
        field: path,
        fields: ['paths', 'path_hash_prefixes'],
      },
    );
  }
  return {
    ...readRoleKeys(raw, path),
    name,
    // The specification's own example (TUF 1.0.34 §4.5) leaves the field out.
    terminating: raw['terminating'] !== undefined && booleanIn(raw, 'terminating', path),
    ...(raw['paths'] === undefined ? {} : { paths: stringsIn(raw, 'paths', path) }),
    ...(raw['path_hash_prefixes'] === undefined ? {} : { pathHashPrefixes: readPrefixes(raw, path) }),
  };
}

function readPrefixes(raw: JsonObject, path: string): readonly string[] {
  const prefixes = stringsIn(raw, 'path_hash_prefixes', path);
  prefixes.forEach((prefix, index) => {
    if (!/^[0-9a-f]{0,64}$/.test(prefix)) {
      throw syntaxError(`${path}.path_hash_prefixes[${index}]`, 'at most 64 lower-case hex digits');
    }
  });
  return prefixes;
}

export function delegatedRoleObject(role: DelegatedRole): JsonObject {
  return {
    ...roleKeysObject(role),
    name: role.name,
    terminating: role.terminating,
    ...(role.paths === undefined ? {} : { paths: role.paths }),
    ...(role.pathHashPrefixes === undefined ? {} : { path_hash_prefixes: role.pathHashPrefixes }),
  };
}

/** Lower-case hex SHA-256 of the path's UTF-8 form: what `path_hash_prefixes` are compared with. */
export function pathHashOf(path: string): string {
  return hashHex('sha256', utf8(path));
}

/**
 * True when the role is trusted with `path`.
 * @param pathHash `pathHashOf(path)`, when many roles are asked about one path
 */
export function matchesDelegation(role: DelegatedRole, path: string, pathHash?: string): boolean {
  if (role.pathHashPrefixes !== undefined) {
    const digest = pathHash ?? pathHashOf(path);
    return role.pathHashPrefixes.some((prefix) => digest.startsWith(prefix));
  }
  return role.paths?.some((pattern) => matchesPathPattern(pattern, path)) ?? false;
}
