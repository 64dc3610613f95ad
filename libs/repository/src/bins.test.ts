import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binIndexOf, binName, binVersion, bitLengthOf, splitBinVersion } from './bins.ts';

describe('bins', () => {
  it.each([2, 1_024, 16_384, 32_768])('may be %i', (count) => expect(2 ** bitLengthOf(count)).toBe(count));

  it.each([0, 1, 3, 65_536, 2.5, Number.NaN])('may not be %d', (count) => {
    expect(() => bitLengthOf(count)).toThrow(expect.objectContaining({ code: 'bins.bad-count' }));
  });

  it('never share a version', () => {
    const bin = fc.record({
      counter: fc.integer({ min: 1, max: 1_000_000 }),
      index: fc.integer({ min: 0, max: 32_767 }),
    });
    fc.assert(
      fc.property(bin, bin, (a, b) => {
        const same = a.counter === b.counter && a.index === b.index;
        expect(binVersion(a.counter, a.index) === binVersion(b.counter, b.index)).toBe(same);
        expect(splitBinVersion(binVersion(a.counter, a.index))).toEqual(a);
      }),
    );
  });

  it('are named and found as TAP 15 says', () => {
    expect(binName(0x0a3f, 14)).toBe('bin-0a3f');
    expect(binName(1, 1)).toBe('bin-1');
    // sha256("packages/six/six-1.0.tar.gz") begins with the bits of the index.
    expect(binIndexOf('packages/six/six-1.0.tar.gz', 8)).toBe(
      binIndexOf('packages/six/six-1.0.tar.gz', 16) >>> 8,
    );
  });
});
