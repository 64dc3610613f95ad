import { fromHex, toHex, utf8 } from '@rind/kernel';
import type { JsonValue } from '@rind/kernel';
import { vectors } from '@rind/test-vectors';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { signable } from '../test/arbitraries.ts';
import { canonicalBytes, canonicalize, isCanonical, parseJson } from './index.ts';

const failsWith = (code: string) => expect.objectContaining({ code });
const unsound = (value: unknown) => value as JsonValue;

describe('canonicalize', () => {
  it.each(vectors('canonical-json'))('agrees with securesystemslib: $name', ({ json, canonicalHex }) => {
    expect(toHex(canonicalBytes(parseJson(utf8(json))))).toBe(canonicalHex);
  });

  it('sorts a big map whatever the order of its making', () => {
    const entries = Array.from({ length: 5000 }, (_, i) => [`bin-${i.toString(16)}.json`, i] as const);
    const sorted = canonicalize(Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1))));
    expect(canonicalize(Object.fromEntries(entries))).toBe(sorted);
    expect(canonicalize(Object.fromEntries(entries.toReversed()))).toBe(sorted);
  });

  it.each([
    ['a fraction', 1.5],
    ['not a number', Number.NaN],
    ['infinity', Number.POSITIVE_INFINITY],
    ['negative zero', -0],
    ['an integer beyond 2^53 - 1', 2 ** 53],
    ['an integer below -(2^53 - 1)', -(2 ** 53)],
    ['nothing', unsound(undefined)],
    ['a member without a value', unsound({ a: undefined })],
    ['an array with a hole', unsound(new Array(1))],
    ['a big integer', unsound(1n)],
    ['a function', unsound(() => 1)],
    ['a date', unsound(new Date(0))],
    ['a map', unsound(new Map([['a', 1]]))],
    ['bytes', unsound(new Uint8Array(1))],
    ['half a surrogate pair', 'a\ud800'],
    ['halves in neighbouring strings', ['\ud800', '\udc00']],
    ['half a surrogate pair in a key', { '\udc00': 1 }],
  ])('refuses %s', (_, value) => {
    expect(() => canonicalize(value)).toThrow(failsWith('json.not-canonicalizable'));
    expect(() => canonicalize({ deep: [value] })).toThrow(failsWith('json.not-canonicalizable'));
  });

  it('refuses a value that contains itself', () => {
    const loop: JsonValue[] = [];
    loop.push(loop);
    expect(() => canonicalize(loop)).toThrow(failsWith('json.too-deep'));
  });

  it('is a fixed point: what it wrote is read and written the same', () => {
    fc.assert(
      fc.property(signable, (value) => {
        const bytes = canonicalBytes(value);
        expect(canonicalBytes(parseJson(bytes))).toEqual(bytes);
        expect(isCanonical(bytes)).toBe(true);
      }),
    );
  });

  it('sorts members by their UTF-8 bytes', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ unit: 'binary', minLength: 1 }), { maxLength: 8 }), (keys) => {
        const members = Object.fromEntries(keys.map((key) => [key, 0]));
        const expected = keys.toSorted((a, b) => (toHex(utf8(a)) < toHex(utf8(b)) ? -1 : 1));
        expect(canonicalize(members)).toBe(`{${expected.map((key) => `${canonicalize(key)}:0`).join(',')}}`);
      }),
    );
  });
});

describe('isCanonical', () => {
  it.each([
    ['{"a":1,"b":[true,null]}', true],
    ['{"b":1,"a":1}', false],
    ['{"a": 1}', false],
    ['{"a":1}\n', false],
    ['"\\u0041"', false],
    ['"\\/"', false],
    ['"\\""', true],
    ['1.0', false],
    ['{"a":1,"a":1}', false],
    ['', false],
    ['nonsense', false],
  ])('of %s is %s', (text, expected) => {
    expect(isCanonical(utf8(text))).toBe(expected);
  });

  it('is false for raw control characters, which canonical JSON has and JSON has not', () => {
    expect(isCanonical(canonicalBytes('a\nb'))).toBe(false);
  });

  it('is false for malformed UTF-8', () => {
    expect(isCanonical(fromHex('22ff22'))).toBe(false);
  });
});
