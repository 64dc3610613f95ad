import { describe, expect, it } from 'vitest';
import { equalVersionTexts } from './equal-versions.ts';
import { compareVersions } from './version-order.ts';
import { maxVersionLength, parseVersion } from './version.ts';

describe('the spellings of equal versions', () => {
  it.each([
    ['1.0', ['1', '1.0', '1.0.0', '1.0.0.0']],
    ['1', ['1', '1.0', '1.0.0']],
    ['1!2.0.3rc1.post2.dev0', ['1!2.0.3rc1.post2.dev0', '1!2.0.3.0rc1.post2.dev0']],
    ['0', ['0', '0.0', '0.0.0']],
  ])('of %s begin with the shortest', (version, first) => {
    expect(equalVersionTexts(version).slice(0, first.length)).toEqual(first);
  });

  it('end where versions end, and are all equal', () => {
    const texts = equalVersionTexts('2.10');
    expect(texts.at(-1)!.length).toBeGreaterThan(maxVersionLength - 2);
    expect(texts.every((text) => compareVersions(parseVersion(text), parseVersion('2.10')) === 0)).toBe(true);
  });
});
