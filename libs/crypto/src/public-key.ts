import { canonicalBytes } from '@rind/canonical-json';
import type { JsonObject, KeyId } from '@rind/kernel';
import { hashHex } from './hashing.ts';

/** A key as TUF metadata carries it (TUF 1.0.34 §4.2). Fields we do not know stay, as the key id covers them. */
export interface PublicKey {
  readonly keytype: string;
  readonly scheme: string;
  readonly keyval: { readonly public: string } & JsonObject;
}

/**
 * Lower-case hex SHA-256 of the key's canonical JSON with all its fields (TUF 1.0.34 §4.2).
 * @throws CanonicalJsonError json.not-canonicalizable for a key that did not come from our parser
 */
export function keyIdOf(key: PublicKey): KeyId {
  return hashHex('sha256', canonicalBytes({ ...key })) as KeyId;
}
