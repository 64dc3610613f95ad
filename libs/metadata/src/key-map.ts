import { keyIdOf } from '@rind/crypto';
import type { PublicKey } from '@rind/crypto';
import type { JsonObject, KeyId } from '@rind/kernel';
import { objectIn, stringIn } from './field.ts';

/** Keys by the id under which a delegator lists them. */
export type KeyMap = ReadonlyMap<KeyId, PublicKey>;

/**
 * The `keys` of root or of a delegation (TUF 1.0.34 §4.3). Ids are taken as they are written: old repositories
 * use others than the hash of the key. Keys of unknown type or scheme are kept; they verify nothing.
 */
export function readKeys(parent: JsonObject, path: string): KeyMap {
  const listed = objectIn(parent, 'keys', path);
  const keys = new Map<KeyId, PublicKey>();
  for (const id in listed) {
    const key = objectIn(listed, id, `${path}.keys`);
    const at = `${path}.keys.${id}`;
    stringIn(key, 'keytype', at);
    stringIn(key, 'scheme', at);
    stringIn(objectIn(key, 'keyval', at), 'public', `${at}.keyval`);
    keys.set(id as KeyId, key as unknown as PublicKey);
  }
  return keys;
}

/** The JSON form of a key map, in the order of the map. */
export function keysObject(keys: KeyMap): JsonObject {
  const object = Object.create(null) as Record<string, JsonObject>;
  for (const [id, key] of keys) object[id] = key as unknown as JsonObject;
  return object;
}

/** A key map under the ids that TUF 1.0.34 §4.2.1 defines. */
export function keyMap(...keys: readonly PublicKey[]): KeyMap {
  return new Map(keys.map((key) => [keyIdOf(key), key]));
}

/**
 * True when each id is the hash of its key, so that one id can never stand for two keys
 * (TUF 1.0.34 §4.3: clients MUST ensure it). Our own repositories always do; some older ones do not.
 */
export function hasCanonicalKeyIds(delegator: { readonly keys: KeyMap }): boolean {
  for (const [id, key] of delegator.keys) if (keyIdOf(key) !== id) return false;
  return true;
}
