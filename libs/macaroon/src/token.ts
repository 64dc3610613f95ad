import { RindError, fromBase64Url, toBase64Url } from '@rind/kernel';
import type { JsonValue } from '@rind/kernel';
import { malformed } from './errors.ts';
import { maxMacaroonBytes, parseMacaroon, serializeMacaroon } from './macaroon.ts';
import type { Macaroon } from './macaroon.ts';
import { extendSignature, signatureOf } from './signature-chain.ts';

/** What tokens begin with: publishing tools and secret scanners know it. */
export const tokenPrefix = 'pypi-';

const maxTokenLength = tokenPrefix.length + Math.ceil((maxMacaroonBytes * 4) / 3);

export interface TokenParts {
  readonly location: string;
  readonly identifier: string;
  /** 32 random bytes, kept by whoever will verify. */
  readonly rootKey: Uint8Array;
  /** In JSON, e.g. `[1, ["six"]]`. */
  readonly caveats: readonly JsonValue[];
}

/**
 * A new API token, as text.
 * @throws MacaroonError `macaroon.too-large`
 */
export function mintToken({ location, identifier, rootKey, caveats }: TokenParts): string {
  const texts = caveats.map((caveat) => JSON.stringify(caveat));
  const signature = signatureOf({ identifier, caveats: texts }, rootKey);
  return formatToken({ location, identifier, caveats: texts, signature });
}

/**
 * A token that can do less: anybody who holds one can make it, without a secret.
 * @throws MacaroonError `macaroon.malformed`, `macaroon.too-large`
 */
export function attenuate(token: string, caveat: JsonValue): string {
  const macaroon = parseToken(token);
  const text = JSON.stringify(caveat);
  return formatToken({
    ...macaroon,
    caveats: [...macaroon.caveats, text],
    signature: extendSignature(macaroon.signature, text),
  });
}

/** `pypi-` and the binary form in base64url without padding. */
export function formatToken(macaroon: Macaroon): string {
  return tokenPrefix + toBase64Url(serializeMacaroon(macaroon));
}

/**
 * The opposite of {@link formatToken}; white space around a token does not count.
 * @throws MacaroonError `macaroon.malformed`
 */
export function parseToken(text: string): Macaroon {
  const token = text.trim();
  if (!token.startsWith(tokenPrefix)) throw malformed('its prefix is another');
  if (token.length > maxTokenLength) throw malformed('it is too long');
  return parseMacaroon(decode(token.slice(tokenPrefix.length)));
}

function decode(encoded: string): Uint8Array {
  try {
    const bytes = fromBase64Url(encoded);
    // The last digit can hold bits that no byte takes: then other texts would be the same token.
    if (toBase64Url(bytes) !== encoded) throw malformed('its encoding is not canonical');
    return bytes;
  } catch (cause) {
    if (!(cause instanceof RindError) || cause.code === 'macaroon.malformed') throw cause;
    throw malformed('it is not base64url', cause);
  }
}
