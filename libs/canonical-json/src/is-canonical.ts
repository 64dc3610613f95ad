import { fromUtf8 } from '@rind/kernel';
import { canonicalize } from './canonicalize.ts';
import { CanonicalJsonError } from './errors.ts';
import { parseJson } from './parse.ts';

/**
 * True if these bytes are JSON in its one canonical form. False for bytes that are not JSON at all, which
 * includes a canonical form with raw control characters: it can be signed but not parsed.
 */
export function isCanonical(bytes: Uint8Array): boolean {
  try {
    return canonicalize(parseJson(bytes)) === fromUtf8(bytes);
  } catch (error) {
    if (error instanceof CanonicalJsonError) return false;
    throw error;
  }
}
