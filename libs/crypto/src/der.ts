export const DER = {
  integer: 0x02,
  bitString: 0x03,
  null: 0x05,
  objectIdentifier: 0x06,
  sequence: 0x30,
} as const;

/** Longer input is nobody's key or signature: two length bytes do. */
const MAX_CONTENT_LENGTH = 0xffff;

/**
 * The contents of exactly the elements with these tags, one after the other and nothing behind them.
 * DER only (X.690 §10.1): definite lengths in their shortest form. Undefined for anything else.
 */
export function readElements(der: Uint8Array, ...tags: readonly number[]): Uint8Array[] | undefined {
  const contents: Uint8Array[] = [];
  let at = 0;
  for (const tag of tags) {
    if (der[at] !== tag) return undefined;
    const length = readLength(der, at + 1);
    if (length === undefined || length.end + length.value > der.length) return undefined;
    at = length.end + length.value;
    contents.push(der.subarray(length.end, at));
  }
  return at === der.length ? contents : undefined;
}

function readLength(der: Uint8Array, at: number): { value: number; end: number } | undefined {
  const first = der[at];
  if (first === undefined) return undefined;
  if (first < 0x80) return { value: first, end: at + 1 };
  const count = first & 0x7f;
  const end = at + 1 + count;
  if (count < 1 || count > 2 || end > der.length) return undefined;
  const value = der.subarray(at + 1, end).reduce((sum, byte) => sum * 256 + byte, 0);
  const shortest = value < 0x80 ? 0 : value < 0x100 ? 1 : 2;
  return count === shortest && value <= MAX_CONTENT_LENGTH ? { value, end } : undefined;
}

/**
 * The bytes of a positive INTEGER, big-endian without leading zeros; undefined for zero, negative numbers and
 * encodings that are longer than need be (X.690 §8.3.2).
 */
export function positiveInteger(content: Uint8Array | undefined): Uint8Array | undefined {
  const [first, second] = content ?? [];
  if (content === undefined || first === undefined || first >= 0x80) return undefined;
  if (first > 0) return content;
  return second !== undefined && second >= 0x80 ? content.subarray(1) : undefined;
}
