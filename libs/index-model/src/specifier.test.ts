import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import vectors from '../vectors/specifier.json' with { type: 'json' };
import { isSpecifierSet, maxSpecifierSetLength, normalizeSpecifierSet } from './specifier.ts';

describe('a set of version specifiers', () => {
  it.each(vectors as [string, boolean][])('%j is one for packaging, and so here: %s', (text, valid) => {
    expect(isSpecifierSet(text)).toBe(valid);
  });

  it.each([
    ['>= 3.8, <4', '>=3.8,<4'],
    [' >=3.8 ,, <4 ', '>=3.8,<4'],
    ['===\tany-thing', '===any-thing'],
    ['=== <', '===<'],
    ['', ''],
    [' ', ''],
  ])('%j is written as %j', (text, normal) => {
    expect(normalizeSpecifierSet(text)).toBe(normal);
  });

  it.each([
    ['==== 1'],
    ['===~= 1'],
    ['== =1'],
    ['===3.8é'],
    ['===\u{1f600}'],
    [`>=3.8,${'<4,'.repeat(200)}`],
  ])('%j is refused', (text) => {
    expect(isSpecifierSet(text)).toBe(false);
  });

  it('is bounded at 500 characters', () => {
    const longest = `===${'x'.repeat(maxSpecifierSetLength - 3)}`;
    expect([isSpecifierSet(longest), isSpecifierSet(`${longest}x`)]).toEqual([true, false]);
  });

  it('in its normal form is its own', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'<>=!~ ,.*0123av') }), (text) => {
        const normal = normalizeSpecifierSet(text);
        if (normal !== null) expect(normalizeSpecifierSet(normal)).toBe(normal);
      }),
    );
  });
});
