import { RindError, fromUtf8 } from '@rind/kernel';
import type { JsonObject, JsonValue } from '@rind/kernel';
import { findDuplicateKey } from './duplicate-key.ts';
import { CanonicalJsonError } from './errors.ts';
import { JsonScanner } from './scanner.ts';

export interface JsonLimits {
  /** Refuses longer input before reading it; without it the caller has bounded the input. */
  readonly maxBytes?: number;
  /** Containers inside one another, 64 if not given. At most 1,000: the parser recurses. */
  readonly maxDepth?: number;
  /** Fractions and exponents: refused if not given. Never for signed content. */
  readonly floats?: 'allow' | 'refuse';
}

const DEFAULT_MAX_DEPTH = 64;
const LARGEST_MAX_DEPTH = 1000;

/**
 * Strict RFC 8259 in UTF-8: no byte order mark, no duplicate members, no halves of surrogate pairs, no negative
 * zero, integers within ±(2^53 - 1). Objects have a null prototype; `__proto__` is a member like any other.
 *
 * @throws CanonicalJsonError every code but json.not-canonicalizable
 */
export function parseJson(bytes: Uint8Array, limits: JsonLimits = {}): JsonValue {
  const { maxBytes, maxDepth = DEFAULT_MAX_DEPTH, floats = 'refuse' } = limits;
  const { length } = bytes;
  if (maxBytes !== undefined && length > maxBytes) {
    throw new CanonicalJsonError('json.too-large', `JSON of ${length} bytes is longer than ${maxBytes}`, {
      length,
      maxBytes,
    });
  }
  const scanner = new JsonScanner(bytes, { maxDepth: Math.min(maxDepth, LARGEST_MAX_DEPTH), floats });
  scanner.scan();
  const text = decode(bytes);
  const keep = new Keeper(scanner.escapedUnits, length);
  const value = keep.value(JSON.parse(text) as JsonValue);
  if (keep.members !== scanner.members) {
    // The platform's parser lets the last of two members win: fewer came out than were written.
    const key = findDuplicateKey(text);
    throw new CanonicalJsonError('json.duplicate-key', 'JSON names a member twice', { key });
  }
  return value;
}

function decode(bytes: Uint8Array): string {
  try {
    return fromUtf8(bytes);
  } catch (cause) {
    if (!(cause instanceof RindError)) throw cause;
    throw notUtf8(bytes.length, cause);
  }
}

function notUtf8(length: number, cause?: unknown): CanonicalJsonError {
  return new CanonicalJsonError('json.not-utf8', 'JSON is not valid UTF-8', { length }, { cause });
}

/**
 * Takes over what `JSON.parse` made, in place: counts members, gives objects a null prototype and, where escapes
 * could have written half a surrogate pair, looks at every string.
 */
class Keeper {
  members = 0;
  private readonly checkStrings: boolean;
  private readonly length: number;

  constructor(checkStrings: boolean, length: number) {
    this.checkStrings = checkStrings;
    this.length = length;
  }

  value(value: JsonValue): JsonValue {
    if (typeof value === 'string') this.string(value);
    else if (Array.isArray(value)) for (const item of value) this.value(item as JsonValue);
    else if (typeof value === 'object' && value !== null) this.object(value as JsonObject);
    return value;
  }

  private object(object: JsonObject): void {
    const keys = Object.keys(object);
    this.members += keys.length;
    for (const key of keys) {
      this.string(key);
      this.value(object[key]!);
    }
    Object.setPrototypeOf(object, null);
  }

  private string(text: string): void {
    if (this.checkStrings && !text.isWellFormed()) throw notUtf8(this.length);
  }
}
