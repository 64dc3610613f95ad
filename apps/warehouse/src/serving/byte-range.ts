import type { ByteRange } from '@rind/storage-port';

/** What a `Range` header comes to (RFC 9110 §14.2). */
export type RangeAnswer =
  /** No usable header: the whole object. */
  | { readonly kind: 'whole' }
  /** First and last byte, inclusive, within the object. */
  | { readonly kind: 'part'; readonly range: ByteRange }
  /** Nothing of it exists: 416. */
  | { readonly kind: 'unsatisfiable' };

const oneRange = /^bytes=[ \t]*(?:([0-9]{1,15})-([0-9]{1,15})?|-([0-9]{1,15}))[ \t]*$/i;
const whole: RangeAnswer = { kind: 'whole' };

/**
 * One range of bytes; several, or another unit, are answered with the whole object as the RFC allows.
 * @param length of the object in bytes
 */
export function byteRangeOf(header: string | undefined, length: number): RangeAnswer {
  const [, from, to, suffix] = oneRange.exec(header ?? '') ?? [];
  if (suffix !== undefined) return within(length - Math.min(length, Number(suffix)), length - 1, length);
  if (from === undefined) return whole;
  const last = to === undefined ? length - 1 : Number(to);
  if (to !== undefined && last < Number(from)) return whole;
  return within(Number(from), Math.min(last, length - 1), length);
}

function within(start: number, end: number, length: number): RangeAnswer {
  return start < length ? { kind: 'part', range: { start, end } } : { kind: 'unsatisfiable' };
}
