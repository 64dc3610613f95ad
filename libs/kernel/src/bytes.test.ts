import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  concatBytes,
  constantTimeEqual,
  equalBytes,
  fromBase64Url,
  fromHex,
  fromUtf8,
  toBase64Url,
  toHex,
  utf8,
} from './index.ts';

const bytes = fc.uint8Array({ maxLength: 300 });
const failsWith = (code: string) => expect.objectContaining({ code });

describe('hex', () => {
  it('is lower-case, two digits a byte', () => {
    expect(toHex(Uint8Array.of(0, 1, 0xab, 0xff))).toBe('0001abff');
  });

  it('comes back as it went', () => {
    fc.assert(
      fc.property(bytes, (value) => {
        expect(fromHex(toHex(value))).toEqual(value);
      }),
    );
  });

  it.each(['0', 'AB', 'zz', '0x00', '00\n', ' 00', '0 '])('refuses %j', (text) => {
    expect(() => fromHex(text)).toThrow(failsWith('bytes.not-hex'));
  });
});

describe('base64url', () => {
  it.each([
    ['', []],
    ['AA', [0]],
    ['_-8', [0xff, 0xef]],
    ['-_A_', [0xfb, 0xf0, 0x3f]],
  ])('%j stands for %j', (text, values) => {
    expect(toBase64Url(Uint8Array.from(values))).toBe(text);
    expect(fromBase64Url(text)).toEqual(Uint8Array.from(values));
  });

  it('comes back as it went', () => {
    fc.assert(
      fc.property(bytes, (value) => {
        expect(fromBase64Url(toBase64Url(value))).toEqual(value);
      }),
    );
  });

  it.each(['A', 'AAAAA', 'AA==', 'A+', 'A/', 'A A', 'AA\n', 'é'])('refuses %j', (text) => {
    expect(() => fromBase64Url(text)).toThrow(failsWith('bytes.not-base64url'));
  });
});

describe('UTF-8', () => {
  it('comes back as it went, beyond the BMP too', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(fromUtf8(utf8(text))).toBe(text);
      }),
    );
  });

  it('keeps a byte order mark', () => {
    expect(fromUtf8(Uint8Array.of(0xef, 0xbb, 0xbf, 0x41))).toBe('\ufeffA');
  });

  it.each([
    ['a byte of its own', [0x80]],
    ['an overlong form', [0xc0, 0xaf]],
    ['half a surrogate pair', [0xed, 0xa0, 0x80]],
    ['a code point beyond U+10FFFF', [0xf4, 0x90, 0x80, 0x80]],
    ['a sequence cut short', [0xe2, 0x82]],
  ])('refuses %s', (_, values) => {
    expect(() => fromUtf8(Uint8Array.from(values))).toThrow(failsWith('bytes.not-utf8'));
  });
});

describe('equality', () => {
  it.each([
    [[], [], true],
    [[1, 2], [1, 2], true],
    [[1, 2], [1, 3], false],
    [[1, 2], [0, 2], false],
    [[1], [1, 0], false],
    [[0x80], [0], false],
  ])('of %j and %j is %s, in constant time or not', (a, b, equal) => {
    expect(equalBytes(Uint8Array.from(a), Uint8Array.from(b))).toBe(equal);
    expect(constantTimeEqual(Uint8Array.from(a), Uint8Array.from(b))).toBe(equal);
  });

  it('agrees with itself', () => {
    fc.assert(
      fc.property(bytes, bytes, (a, b) => {
        expect(constantTimeEqual(a, b)).toBe(equalBytes(a, b));
      }),
    );
  });
});

describe('concatBytes', () => {
  it('holds all parts in order', () => {
    expect(concatBytes(Uint8Array.of(1), new Uint8Array(), Uint8Array.of(2, 3))).toEqual(
      Uint8Array.of(1, 2, 3),
    );
    expect(concatBytes()).toEqual(new Uint8Array());
  });

  it('is a copy', () => {
    const part = Uint8Array.of(1);
    const whole = concatBytes(part);
    part[0] = 9;
    expect(whole).toEqual(Uint8Array.of(1));
  });
});
