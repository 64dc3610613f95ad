import { utf8 } from '@rind/kernel';
import type { JsonObject, JsonValue } from '@rind/kernel';
import { CanonicalJsonError } from './errors.ts';

const MUST_ESCAPE = /["\\]/;
const SURROGATE = /[\ud800-\udfff]/;
/** Deeper than any document, shallower than the stack: a value that contains itself ends here. */
const MAX_DEPTH = 1000;

/**
 * OLPC canonical JSON (TUF 1.0.34 §4.2): no white space, members sorted by code point, integers only, and in
 * strings nothing is escaped but `"` and `\`, so that control characters stand raw and the result is then not
 * JSON. No Unicode normalisation.
 *
 * @throws CanonicalJsonError json.not-canonicalizable, json.too-deep
 */
export function canonicalize(value: JsonValue): string {
  const text = render(value, MAX_DEPTH);
  // Halves of surrogate pairs cannot meet across quotes: one look at the whole finds them all.
  if (!text.isWellFormed()) throw notCanonicalizable('half a surrogate pair');
  return text;
}

/** UTF-8 of {@link canonicalize}: what is signed and hashed. */
export function canonicalBytes(value: JsonValue): Uint8Array {
  return utf8(canonicalize(value));
}

function render(value: JsonValue, depthLeft: number): string {
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'number') return integer(value);
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value !== 'object') throw notCanonicalizable(typeof value);
  if (depthLeft === 0) {
    throw new CanonicalJsonError('json.too-deep', `value nested deeper than ${MAX_DEPTH}`, {
      maxDepth: MAX_DEPTH,
    });
  }
  return isArray(value) ? array(value, depthLeft - 1) : object(value, depthLeft - 1);
}

function array(values: readonly JsonValue[], depthLeft: number): string {
  let out = '';
  for (let i = 0; i < values.length; i++) {
    out += (i === 0 ? '' : ',') + render(values[i]!, depthLeft);
  }
  return `[${out}]`;
}

function object(members: JsonObject, depthLeft: number): string {
  const prototype: unknown = Object.getPrototypeOf(members);
  if (prototype !== null && prototype !== Object.prototype)
    throw notCanonicalizable('an object with a class');
  let out = '';
  for (const key of sortedKeys(members)) {
    out += `${out === '' ? '' : ','}${quote(key)}:${render(members[key]!, depthLeft)}`;
  }
  return `{${out}}`;
}

/** Big maps are mostly sorted already, and looking is cheaper than sorting. */
function sortedKeys(members: JsonObject): string[] {
  const keys = Object.keys(members);
  let sorted = true;
  let byUnits = true;
  for (let i = 0; i < keys.length; i++) {
    if (i > 0 && keys[i - 1]! > keys[i]!) sorted = false;
    if (SURROGATE.test(keys[i]!)) byUnits = false;
  }
  if (!byUnits) return keys.sort(byCodePoint);
  return sorted ? keys : keys.sort();
}

/** UTF-16 units order the surrogates (U+10000 and above) before U+E000 to U+FFFF; code points do not. */
function byCodePoint(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i++) {
    const unit = a.charCodeAt(i);
    const other = b.charCodeAt(i);
    if (unit === other) continue;
    if (isSurrogate(unit) !== isSurrogate(other)) return isSurrogate(unit) ? 1 : -1;
    return unit - other;
  }
  return a.length - b.length;
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff;
}

function quote(text: string): string {
  return MUST_ESCAPE.test(text) ? `"${text.replace(/["\\]/g, '\\$&')}"` : `"${text}"`;
}

function integer(value: number): string {
  if (!Number.isSafeInteger(value) || Object.is(value, -0))
    throw notCanonicalizable('a number that is not an integer');
  return String(value);
}

function isArray(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function notCanonicalizable(found: string): CanonicalJsonError {
  return new CanonicalJsonError('json.not-canonicalizable', `${found} has no canonical form`, { found });
}
