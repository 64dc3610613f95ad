import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { table } from '../test/vectors.ts';
import { matchesPathPattern } from './path-pattern.ts';

describe('a path pattern', () => {
  it('matches exactly what python-tuf lets it match', () => {
    const wrong = table<[string, string, 0 | 1]>('python-tuf/path-patterns.json').filter(
      ([pattern, path, delegated]) => matchesPathPattern(pattern, path) !== (delegated === 1),
    );
    expect(wrong).toEqual([]);
  });

  it.each([
    ['targets/*.tgz', 'targets/foo.tgz', true],
    ['targets/*.tgz', 'targets/foo.txt', false],
    ['foo-version-?.tgz', 'foo-version-2.tgz', true],
    ['foo-version-?.tgz', 'foo-version-alpha.tgz', false],
    ['*.tgz', 'foo.tgz', true],
    ['*.tgz', 'targets/foo.tgz', false],
    ['foo.tgz', 'foo.tgz', true],
    ['foo.tgz', 'foo-tgz', false],
  ])('%s on %s is %s, as TUF 1.0.34 §4.5 has it', (pattern, path, expected) => {
    expect(matchesPathPattern(pattern, path)).toBe(expected);
  });

  it('never lets a wildcard cross a slash', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (left, right) => {
        expect(matchesPathPattern('*', `${left}/${right}`)).toBe(false);
        expect(matchesPathPattern('**', `${left}/${right}`)).toBe(false);
      }),
    );
  });

  it('takes time proportional to pattern times path, whatever the pattern', () => {
    expect(matchesPathPattern(`${'a*'.repeat(2000)}b`, 'a'.repeat(4000))).toBe(false);
  });
});
