import { canonicalBytes, parseJson } from '@rind/canonical-json';
import { isSupportedKey, verifySignature } from '@rind/crypto';
import type { PublicKey } from '@rind/crypto';
import { RindError, equalBytes, fromHex } from '@rind/kernel';
import type { JsonObject, JsonValue, KeyId } from '@rind/kernel';
import { GrantError } from './errors.ts';
import { checkGrantFields, isObject, malformed } from './grant-fields.ts';
import { grantMessage, grantVerbsOf } from './grant.ts';
import type { Grant, GrantIssuer, GrantVerb } from './grant.ts';

/** A grant with its signature: what lies in logs and queues, as canonical JSON. */
export interface SignedGrant {
  readonly grant: Grant;
  readonly keyid: KeyId;
  /** Lower-case hex, over {@link grantMessage}. */
  readonly sig: string;
}

/** A key whose grants count. */
export interface GrantKey {
  readonly key: PublicKey;
  readonly issuer: GrantIssuer;
  readonly verbs: readonly GrantVerb[];
}

export interface VerifiedGrant {
  readonly grant: Grant;
  readonly issuer: GrantIssuer;
}

/** Bytes of a serialised grant. */
export const maxSignedGrantBytes = 16_384;

/** The trust in a key, with all verbs of its issuer. */
export function grantKey(issuer: GrantIssuer, key: PublicKey): GrantKey {
  return { key, issuer, verbs: grantVerbsOf(issuer) };
}

/** Canonical JSON `{"grant":…,"keyid":…,"sig":…}`. */
export function serializeSignedGrant({ grant, keyid, sig }: SignedGrant): Uint8Array {
  return canonicalBytes({ grant: grant as unknown as JsonObject, keyid, sig });
}

/**
 * The opposite of {@link serializeSignedGrant}, strict: at most 16,384 bytes, canonical, no unknown field, every
 * field that the verb needs and none that it does not. The signature is not looked at.
 * @throws GrantError `grant.malformed`
 */
export function parseSignedGrant(bytes: Uint8Array): SignedGrant {
  const value = parse(bytes);
  if (!isObject(value) || Object.keys(value).sort().join() !== 'grant,keyid,sig') {
    throw malformed('not an object of grant, keyid and sig');
  }
  const { keyid, sig } = value;
  if (typeof keyid !== 'string' || !/^[0-9a-f]{64}$/.test(keyid)) throw malformed('keyid is invalid');
  if (typeof sig !== 'string' || !/^(?:[0-9a-f]{2}){1,1024}$/.test(sig)) throw malformed('sig is invalid');
  const signed = { grant: checkGrantFields(value['grant']), keyid: keyid as KeyId, sig };
  if (!equalBytes(serializeSignedGrant(signed), bytes)) throw malformed('not in canonical form');
  return signed;
}

/**
 * A grant that a trusted key issued for this repository, and may issue. Whether it has expired, was used before
 * or comes too late is for whoever applies it: {@link isExpired}.
 * @param trusted by the key's own id
 * @throws GrantError
 */
export function verifyGrant(
  bytes: Uint8Array,
  trusted: ReadonlyMap<KeyId, GrantKey>,
  expect: { readonly repository: string },
): VerifiedGrant {
  const { grant, keyid, sig } = parseSignedGrant(bytes);
  const signer = trusted.get(keyid);
  if (signer === undefined || !isSupportedKey(signer.key)) {
    throw new GrantError('grant.unknown-key', 'signed by a key that is not trusted', { keyid });
  }
  if (!verifySignature(signer.key, grantMessage(grant), fromHex(sig))) {
    throw new GrantError('grant.bad-signature', 'the signature does not verify', { keyid });
  }
  const { repository, verb } = grant;
  if (repository !== expect.repository) {
    throw new GrantError('grant.wrong-repository', 'issued for another repository', { repository });
  }
  const { issuer } = signer;
  if (!signer.verbs.includes(verb) || !grantVerbsOf(issuer).includes(verb)) {
    throw new GrantError('grant.verb-not-allowed', `${issuer} may not ${verb}`, { verb, issuer });
  }
  return { grant, issuer };
}

function parse(bytes: Uint8Array): JsonValue {
  try {
    return parseJson(bytes, { maxBytes: maxSignedGrantBytes, maxDepth: 4 });
  } catch (cause) {
    if (!(cause instanceof RindError)) throw cause;
    throw malformed('not JSON', cause);
  }
}
