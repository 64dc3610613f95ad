import { parseJson } from '@rind/canonical-json';
import { isSupportedKey, keyIdOf } from '@rind/crypto';
import type { PublicKey } from '@rind/crypto';
import { messageOf, utf8 } from '@rind/kernel';
import type { JsonValue, KeyId } from '@rind/kernel';
import { GrantError } from './errors.ts';
import { isObject } from './grant-fields.ts';
import type { GrantIssuer } from './grant.ts';
import { grantKey } from './signed-grant.ts';
import type { GrantKey } from './signed-grant.ts';

/**
 * The pinned file of the keys whose grants count, by key id: `{"keys": [{"issuer": "auth"|"operator", "key": …}]}`,
 * each key as TUF writes it (TUF 1.0.34 §4.2). A key that this build cannot check is refused here, not at its first grant.
 * @throws GrantError `grant-keys.invalid`
 */
export function parseGrantKeys(text: string): ReadonlyMap<KeyId, GrantKey> {
  const file = readJson(text);
  const keys = isObject(file) ? file['keys'] : undefined;
  if (!Array.isArray(keys)) throw invalid('not an object with a list of keys');
  return new Map(keys.map(readEntry));
}

function readJson(text: string): JsonValue {
  try {
    return parseJson(utf8(text));
  } catch (cause) {
    throw invalid(messageOf(cause));
  }
}

function readEntry(entry: JsonValue): [KeyId, GrantKey] {
  if (!isObject(entry) || !isIssuer(entry['issuer'])) throw invalid('issuer is neither auth nor operator');
  const key = entry['key'];
  if (!isPublicKey(key)) throw invalid('key lacks keytype, scheme or keyval.public');
  if (!isSupportedKey(key)) throw invalid(`keys of scheme ${key.scheme} are not known`);
  return [keyIdOf(key), grantKey(entry['issuer'], key)];
}

function isIssuer(value: JsonValue | undefined): value is GrantIssuer {
  return value === 'auth' || value === 'operator';
}

function isPublicKey(value: JsonValue | undefined): value is JsonValue & PublicKey {
  if (!isObject(value) || !isObject(value['keyval'])) return false;
  return [value['keytype'], value['scheme'], value['keyval']['public']].every(
    (part) => typeof part === 'string',
  );
}

function invalid(problem: string): GrantError<'grant-keys.invalid'> {
  return new GrantError('grant-keys.invalid', `the file of grant keys is invalid: ${problem}`, { problem });
}
