import type { JsonObject } from '@rind/kernel';
import { MetadataError } from './errors.ts';
import { booleanIn, objectIn } from './field.ts';
import { keysObject, readKeys } from './key-map.ts';
import type { KeyMap } from './key-map.ts';
import { readRoleKeys, roleKeysObject } from './role-keys.ts';
import type { RoleKeys } from './role-keys.ts';
import { readSigned, roleTypes, signedFields } from './signed.ts';
import type { RoleType, Signed, SignedFields } from './signed.ts';

/** Root: which keys speak for the four top-level roles (TUF 1.0.34 §4.3). */
export interface Root extends Signed<'root'> {
  /** False also when the field is absent, as in old repositories. */
  readonly consistentSnapshot: boolean;
  readonly keys: KeyMap;
  readonly roles: Readonly<Record<RoleType, RoleKeys>>;
}

export function readRoot(raw: JsonObject): Root {
  const roles = objectIn(raw, 'roles', 'signed');
  for (const name in roles) {
    if (!(roleTypes as readonly string[]).includes(name)) {
      throw new MetadataError('metadata.unknown-role', 'root names a role that is none of the four', {
        name,
      });
    }
  }
  const role = (name: RoleType): RoleKeys =>
    readRoleKeys(objectIn(roles, name, 'signed.roles'), `signed.roles.${name}`);
  return {
    ...readSigned(raw, 'root'),
    consistentSnapshot:
      raw['consistent_snapshot'] !== undefined && booleanIn(raw, 'consistent_snapshot', 'signed'),
    keys: readKeys(raw, 'signed'),
    roles: {
      root: role('root'),
      timestamp: role('timestamp'),
      snapshot: role('snapshot'),
      targets: role('targets'),
    },
  };
}

/** A root document to sign. Keys that no role names are refused by nobody, so leave them out. */
export function rootSigned(
  fields: SignedFields & {
    readonly consistentSnapshot: boolean;
    readonly keys: KeyMap;
    readonly roles: Readonly<Record<RoleType, RoleKeys>>;
  },
): JsonObject {
  const signed = {
    ...signedFields('root', fields),
    consistent_snapshot: fields.consistentSnapshot,
    keys: keysObject(fields.keys),
    roles: Object.fromEntries(roleTypes.map((name) => [name, roleKeysObject(fields.roles[name])])),
  };
  return readRoot(signed).raw;
}
