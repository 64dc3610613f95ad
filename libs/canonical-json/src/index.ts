import { RindError, fromUtf8, utf8 } from '@rind/kernel';
import type { JsonValue } from '@rind/kernel';
export class CanonicalJsonError extends RindError {}
export function parseJson(bytes: Uint8Array, _limits?: { maxBytes?: number; maxDepth?: number; floats?: 'allow' }): JsonValue {
  try {
    return JSON.parse(fromUtf8(bytes), (_k, v) => v && typeof v === 'object' && !Array.isArray(v) ? Object.assign(Object.create(null), v) : v) as JsonValue;
  } catch (cause) {
    throw new CanonicalJsonError('json.syntax', 'bad json', {}, { cause });
  }
}
export function canonicalize(v: JsonValue): string {
  if (v === null || typeof v === 'boolean' || typeof v === 'number') return String(v);
  if (typeof v === 'string') return `"${v.replace(/[\\"]/g, '\\$&')}"`;
  if (Array.isArray(v)) return `[${v.map(canonicalize).join(',')}]`;
  const o = v as Record<string, JsonValue>;
  return `{${Object.keys(o).sort().map((k) => `${canonicalize(k)}:${canonicalize(o[k]!)}`).join(',')}}`;
}
export function canonicalBytes(v: JsonValue): Uint8Array { return utf8(canonicalize(v)); }
export function isCanonical(b: Uint8Array): boolean { return canonicalize(parseJson(b)) === fromUtf8(b); }
