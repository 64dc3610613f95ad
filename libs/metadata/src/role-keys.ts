import type { JsonObject, KeyId } from '@rind/kernel';
import { MetadataError } from './errors.ts';
import { integerIn, stringsIn } from './field.ts';

/** Who may sign for a role, and how many of them must. */
export interface RoleKeys {
  /** No id twice. An id without a key in the delegator's map can never sign. */
  readonly keyIds: readonly KeyId[];
  /** At least 1; may be more than there are keys, which makes the role unsignable. */
  readonly threshold: number;
}

export function readRoleKeys(raw: JsonObject, path: string): RoleKeys {
  const keyIds = stringsIn(raw, 'keyids', path) as readonly KeyId[];
  if (new Set(keyIds).size !== keyIds.length) {
    const keyid = keyIds.find((id, index) => keyIds.indexOf(id) !== index)!;
    const field = `${path}.keyids`;
    throw new MetadataError('metadata.duplicate-key-id', `${field} names a key twice`, { field, keyid });
  }
  return { keyIds, threshold: integerIn(raw, 'threshold', path, 1) };
}

export function roleKeysObject(role: RoleKeys): JsonObject {
  return { keyids: role.keyIds, threshold: role.threshold };
}
