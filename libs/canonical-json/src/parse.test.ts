import { concatBytes, fromHex, isRindError, utf8 } from '@rind/kernel';
import type { JsonObject, JsonValue } from '@rind/kernel';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearlyJson } from '../test/arbitraries.ts';
import { CanonicalJsonError, parseJson } from './index.ts';
import type { JsonLimits } from './index.ts';

const failsWith = (code: string, details: object = {}) =>
  expect.objectContaining({ code, details: expect.objectContaining(details) });
const parse = (text: string, limits?: JsonLimits) => parseJson(utf8(text), limits);

describe('parseJson', () => {
  it.each<[string, unknown]>([
    ['null', null],
    [' \t\r\n true \n', true],
    ['0', 0],
    ['-1', -1],
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
    ['-9007199254740991', -Number.MAX_SAFE_INTEGER],
    ['""', ''],
    ['"\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD83D\\ude00é😀\u007f"', '"\\/\b\f\n\r\té😀é😀\u007f'],
    ['[]', []],
    ['[[],[1 , 2]]', [[], [1, 2]]],
    ['{ "a" : { } }', { a: {} }],
    ['{"":0}', { '': 0 }],
    ['{"a":{"a":1},"b":{"a":1}}', { a: { a: 1 }, b: { a: 1 } }],
  ])('reads %s', (text, value) => {
    expect(JSON.parse(JSON.stringify(parse(text)))).toEqual(value);
  });

  it.each([
    ['', 0],
    [' ', 1],
    ['nul', 3],
    ['nulL', 3],
    ['True', 0],
    ['undefined', 0],
    ['NaN', 0],
    ["'a'", 0],
    ['"a', 2],
    ['"a\nb"', 2],
    ['"a\u0000"', 2],
    ['"\\x41"', 2],
    ['"\\u12g4"', 5],
    ['"\\u12', 5],
    ['"\\', 2],
    ['01', 1],
    ['-01', 2],
    ['+1', 0],
    ['-', 1],
    ['.5', 0],
    ['1.', 2],
    ['1e', 2],
    ['1e+', 3],
    ['0x10', 1],
    ['1 2', 2],
    ['[1,]', 3],
    ['[,1]', 1],
    ['[1', 2],
    ['[1}', 2],
    ['[', 1],
    [']', 0],
    ['{"a"}', 4],
    ['{"a":}', 5],
    ['{"a":1,}', 7],
    ['{a:1}', 1],
    ['{1:1}', 1],
    ['{"a":1 "b":2}', 7],
    ['{"a":1]', 6],
    ['{', 1],
    ['[]]', 2],
    ['// no\n1', 0],
    ['\ufeff1', 0],
    ['\u00a01', 0],
  ])('refuses %j as malformed at byte %i', (text, at) => {
    expect(() => parse(text)).toThrow(failsWith('json.syntax', { at }));
  });

  it.each([
    ['{"a":1,"a":1}', 'a'],
    ['{"a":1,"\\u0061":2}', 'a'],
    ['{"a":"}","b":{"x":1,"y":[{"x":1}],"x":3}}', 'x'],
    ['{"__proto__":1,"__proto__":2}', '__proto__'],
    ['[{"k\\"":1,"k\\"":2}]', 'k"'],
    ['{"":1,"":2}', ''],
    ['{"a":"b","b":"a","b":0}', 'b'],
  ])('refuses %s, which names a member twice', (text, key) => {
    expect(() => parse(text)).toThrow(failsWith('json.duplicate-key', { key }));
  });

  it.each(['1.5', '[1.0]', '1e2', '1E-2', '-0', '-0.0', '{"a":[0,-0]}'])(
    'refuses the number in %s',
    (text) => {
      expect(() => parse(text)).toThrow(failsWith('json.float'));
    },
  );

  it('reads fractions and exponents where they are allowed, but no negative zero', () => {
    expect(parse('[1.5,1e2,-2E-1]', { floats: 'allow' })).toEqual([1.5, 100, -0.2]);
    expect(() => parse('-0', { floats: 'allow' })).toThrow(failsWith('json.float'));
  });

  it.each([
    '9007199254740992',
    '-9007199254740992',
    '9007199254740993',
    '12345678901234567',
    '1'.repeat(400),
  ])('refuses the integer %s whether floats are allowed or not', (text) => {
    expect(() => parse(text)).toThrow(failsWith('json.unsafe-integer', { at: 0 }));
    expect(() => parse(`[${text}]`, { floats: 'allow' })).toThrow(
      failsWith('json.unsafe-integer', { at: 1 }),
    );
  });

  it.each([
    ['malformed UTF-8', fromHex('22ff22')],
    ['an encoded half of a surrogate pair', fromHex('22eda08022')],
    ['an escaped half of a surrogate pair', utf8('["\\ud800"]')],
    ['an escaped half in a key', utf8('{"\\udc00":1}')],
    ['halves in the wrong order', utf8('"\\udc00\\ud800"')],
    ['halves with a character between', utf8('"\\ud800a\\udc00"')],
  ])('refuses %s', (_, bytes) => {
    expect(() => parseJson(bytes)).toThrow(failsWith('json.not-utf8'));
  });

  it.each([
    ['[', ']'],
    ['{"a":', '}'],
  ])('takes %s… as deep as the limit and no deeper', (open, close) => {
    const nested = (depth: number) => open.repeat(depth) + '1' + close.repeat(depth);
    expect(() => parse(nested(64))).not.toThrow();
    expect(() => parse(nested(65))).toThrow(failsWith('json.too-deep', { maxDepth: 64 }));
    expect(() => parse(nested(3), { maxDepth: 2 })).toThrow(failsWith('json.too-deep', { maxDepth: 2 }));
    expect(() => parse(nested(2), { maxDepth: 2 })).not.toThrow();
  });

  it('survives a hostile depth under any limit', () => {
    const hostile = '['.repeat(1_000_000);
    expect(() => parse(hostile, { maxDepth: 1e9 })).toThrow(failsWith('json.too-deep', { maxDepth: 1000 }));
  });

  it('bounds the bytes before it reads them', () => {
    expect(parse('[1]', { maxBytes: 3 })).toEqual([1]);
    expect(() => parse('?????', { maxBytes: 4 })).toThrow(
      failsWith('json.too-large', { length: 5, maxBytes: 4 }),
    );
  });

  it('makes objects that a remote key cannot reach out of', () => {
    const value = parse('{"__proto__":{"polluted":1},"a":[{"constructor":2}]}') as JsonObject;
    expect(Object.getPrototypeOf(value)).toBeNull();
    expect(Object.keys(value)).toEqual(['__proto__', 'a']);
    expect(Object.getPrototypeOf((value['a'] as JsonValue[])[0])).toBeNull();
    expect(Object.getPrototypeOf(value['__proto__'])).toBeNull();
    expect('polluted' in {}).toBe(false);
  });

  it('reads a part of a larger buffer', () => {
    const buffer = concatBytes(utf8('xx'), utf8('{"a":1}'), utf8('yy'));
    expect(parseJson(buffer.subarray(2, -2))).toEqual(Object.assign(Object.create(null), { a: 1 }));
  });

  it('takes what the platform takes, refuses what it refuses, and reads the same', () => {
    fc.assert(
      fc.property(nearlyJson, (text) => {
        const ours = attempt(() => parse(text, { floats: 'allow' }));
        const theirs = attempt(() => JSON.parse(text) as JsonValue);
        if ('error' in theirs) expect(ours).toHaveProperty('error');
        else if ('error' in ours) expect(isRindError(ours.error, 'json.syntax')).toBe(false);
        else expect(JSON.stringify(ours.value)).toBe(JSON.stringify(theirs.value));
        if ('error' in ours) expect(ours.error).toBeInstanceOf(CanonicalJsonError);
      }),
      { numRuns: 2000 },
    );
  });
});

function attempt(parse: () => JsonValue): { value: JsonValue } | { error: unknown } {
  try {
    return { value: parse() };
  } catch (error) {
    return { error };
  }
}
