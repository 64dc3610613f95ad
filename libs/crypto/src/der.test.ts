import { concatBytes, fromHex, toHex } from '@rind/kernel';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DER, positiveInteger, readElements } from './der.ts';

/** X.690 §8.1.3: tag, shortest length, content. */
function element(tag: number, content: Uint8Array): Uint8Array {
  const { length } = content;
  const head =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return concatBytes(Uint8Array.of(tag, ...head), content);
}

describe('readElements', () => {
  it('reads what was written, whatever the lengths', () => {
    const part = fc.tuple(fc.constantFrom(...Object.values(DER)), fc.uint8Array({ maxLength: 400 }));
    fc.assert(
      fc.property(fc.array(part, { maxLength: 4 }), (parts) => {
        const der = concatBytes(...parts.map(([tag, content]) => element(tag, content)));
        expect(readElements(der, ...parts.map(([tag]) => tag))).toEqual(parts.map(([, content]) => content));
      }),
    );
  });

  it('reads nothing of bytes that are not exactly the one encoding', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), (bytes) => {
        const [content] = readElements(bytes, DER.sequence) ?? [];
        if (content !== undefined) expect(element(DER.sequence, content)).toEqual(bytes);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['', 'nothing'],
    ['30', 'no length'],
    ['3001', 'no content'],
    ['3000ff', 'more behind it'],
    ['3100', 'another tag'],
    ['3080', 'an indefinite length'],
    ['308100', 'a long form of a short length'],
    ['30820080', 'a longer form of a length'],
    ['3083010000', 'three bytes of length'],
    ['3081', 'a length cut short'],
    ['308201', 'a longer length cut short'],
  ])('refuses %s: %s', (hex) => {
    expect(readElements(fromHex(hex), DER.sequence)).toBeUndefined();
  });
});

describe('positiveInteger', () => {
  it.each([
    ['01', '01'],
    ['7f', '7f'],
    ['0080', '80'],
    ['0100', '0100'],
    ['00ff00', 'ff00'],
    ['', undefined],
    ['00', undefined],
    ['0000', undefined],
    ['0001', undefined],
    ['80', undefined],
    ['ff01', undefined],
  ])('of %j is %s', (content, expected) => {
    const integer = positiveInteger(fromHex(content));
    expect(integer && toHex(integer)).toBe(expected);
  });
});
