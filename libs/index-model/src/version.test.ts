import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import vectors from '../vectors/version.json' with { type: 'json' };
import { compareVersions } from './version-order.ts';
import { canonicalizeVersion, maxVersionLength, parseVersion, tryParseVersion } from './version.ts';

type Case = [text: string, normal: string, canonical: string, isPrerelease: boolean];
const cases = vectors.cases as ([string, null] | Case)[];
const valid = cases.filter((one): one is Case => one[1] !== null);
const invalid = cases.filter((one) => one[1] === null).map(([text]) => text);

const digits = fc.bigInt({ min: 0n, max: 10n ** 20n }).map(String);
const optional = (arb: fc.Arbitrary<string>) => fc.option(arb, { nil: '' });
const separator = fc.constantFrom('', '.', '-', '_');
const label = (names: string[]) =>
  optional(fc.tuple(separator, fc.constantFrom(...names), optional(digits)).map((parts) => parts.join('')));
const versionText = fc
  .tuple(
    optional(digits.map((epoch) => `${epoch}!`)),
    fc.array(digits, { minLength: 1, maxLength: 5 }).map((numbers) => numbers.join('.')),
    label(['a', 'b', 'rc', 'Alpha', 'preview']),
    label(['post', 'r', 'REV']),
    label(['dev']),
    optional(fc.constantFrom('+local', '+1', '+a.1', '+01-b')),
  )
  .map((parts) => parts.join(''))
  .filter((text) => text.length <= maxVersionLength);

describe(`a version, compared with packaging ${vectors.packaging}`, () => {
  it.each(valid)('%j is %j, canonical %j', (text, normal, canonical, isPrerelease) => {
    const version = parseVersion(text);
    expect([version.text, canonicalizeVersion(text), version.isPrerelease]).toEqual([
      normal,
      canonical,
      isPrerelease,
    ]);
  });

  it.each(invalid)('%j is refused', (text) => {
    expect(() => parseVersion(text)).toThrow(expect.objectContaining({ code: 'version.invalid' }));
    expect(tryParseVersion(text)).toBeNull();
    expect(canonicalizeVersion(text)).toBe(text);
  });

  it('has the same order', () => {
    const groups = vectors.order;
    for (const [i, group] of groups.entries()) {
      for (const [j, other] of groups.entries()) {
        for (const a of group) {
          for (const b of other)
            expect([a, b, Math.sign(compareVersions(a, b))]).toEqual([a, b, Math.sign(i - j)]);
        }
      }
    }
  });
});

describe('a version', () => {
  it('of more than 255 characters is refused', () => {
    expect(parseVersion('1'.repeat(maxVersionLength)).release).toHaveLength(1);
    expect(tryParseVersion('1'.repeat(maxVersionLength + 1))).toBeNull();
  });

  it('has one normal form, which is its own, and stays equal in it', () => {
    fc.assert(
      fc.property(versionText, (text) => {
        const { text: normal } = parseVersion(text);
        expect(parseVersion(normal).text).toBe(normal);
        expect(compareVersions(text, normal)).toBe(0);
        expect(compareVersions(text, canonicalizeVersion(text))).toBe(0);
      }),
    );
  });

  it('is in a total order that agrees with the canonical form', () => {
    fc.assert(
      fc.property(versionText, versionText, versionText, (a, b, c) => {
        expect(Math.sign(compareVersions(a, b))).toBe(-Math.sign(compareVersions(b, a)) + 0);
        expect(compareVersions(a, b) === 0).toBe(canonicalizeVersion(a) === canonicalizeVersion(b));
        const [first, second, third] = [a, b, c].sort(compareVersions) as [string, string, string];
        expect(compareVersions(first, second)).toBeLessThanOrEqual(0);
        expect(compareVersions(second, third)).toBeLessThanOrEqual(0);
        expect(compareVersions(first, third)).toBeLessThanOrEqual(0);
      }),
    );
  });

  it('or any other text is read without an error of another kind', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'01.!+-_abcrevpostd v') }), (text) => {
        const version = tryParseVersion(text);
        if (version !== null) expect(parseVersion(version.text)).toEqual(version);
      }),
    );
  });
});
