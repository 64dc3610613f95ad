/**
 * The file to publish is canonical JSON, with one difference: canonical JSON writes control characters as they are,
 * which no JSON parser accepts, and every PEM key has line ends. In the file they are escaped; what is signed is
 * the canonical form.
 */
import { canonicalBytes } from '@rind/canonical-json';
import type { JsonObject } from '@rind/kernel';
import { concatBytes, utf8 } from '@rind/kernel';
import type { Signature } from './metadata.ts';

/** The file `{"signatures":[…],"signed":{…}}`, signatures in the order given. */
export function serializeMetadata(signed: JsonObject, signatures: readonly Signature[]): Uint8Array {
  return joinMetadata(canonicalBytes(signed), signatures);
}

/**
 * The same from the canonical bytes that were signed, without serialising them again: large bins are signed by the
 * thousand. Without control characters those bytes stand in the file as they are.
 * @param signedBytes canonical form of the signed object, see `canonicalBytes`
 */
export function joinMetadata(signedBytes: Uint8Array, signatures: readonly Signature[]): Uint8Array {
  const listed = canonicalBytes(signatures.map(({ keyid, sig }) => ({ keyid, sig })));
  return concatBytes(
    utf8('{"signatures":'),
    escapeControls(listed),
    utf8(',"signed":'),
    escapeControls(signedBytes),
    utf8('}'),
  );
}

/** Canonical JSON has no white space between tokens: every control character is inside a string. */
function escapeControls(canonical: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [];
  let from = 0;
  for (let at = 0; at < canonical.length; at++) {
    const byte = canonical[at]!;
    if (byte >= 0x20) continue;
    const escaped = byte === 0x0a ? '\\n' : `\\u${byte.toString(16).padStart(4, '0')}`;
    parts.push(canonical.subarray(from, at), utf8(escaped));
    from = at + 1;
  }
  return from === 0 ? canonical : concatBytes(...parts, canonical.subarray(from));
}
