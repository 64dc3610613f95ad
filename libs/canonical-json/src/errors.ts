import { RindError } from '@rind/kernel';

interface CanonicalJsonErrors {
  /** Not RFC 8259. `at`: offset of the first wrong byte. */
  'json.syntax': { at: number };
  /** An object names a member twice. */
  'json.duplicate-key': { key: string };
  /** A number with a fraction, an exponent or a negative zero where only integers are taken. */
  'json.float': { at: number };
  /** An integer outside ±(2^53 - 1). */
  'json.unsafe-integer': { at: number };
  'json.too-deep': { maxDepth: number };
  'json.too-large': { length: number; maxBytes: number };
  /** Malformed UTF-8, or an escape that stands for half a surrogate pair. */
  'json.not-utf8': { length: number };
  /** The value has no canonical form; `found` says what stood in it. */
  'json.not-canonicalizable': { found: string };
}

export type CanonicalJsonErrorCode = keyof CanonicalJsonErrors;

export class CanonicalJsonError<
  Code extends CanonicalJsonErrorCode = CanonicalJsonErrorCode,
> extends RindError<Code, CanonicalJsonErrors[Code]> {}
