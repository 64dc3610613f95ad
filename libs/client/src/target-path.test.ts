import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { refusalOf } from '../test/client.ts';
import { encodePathSegment, safeTargetPath, targetUrlPath } from './target-path.ts';

describe('the path of a target', () => {
  it.each(['a', 'a/b', '.a', 'a.', '...', 'a/.../b', 'a b', 'ü', '%2e%2e', '~', 'a:b', '𝒂'])(
    'may be %j',
    (path) => {
      expect(safeTargetPath(path)).toBe(path);
    },
  );

  it.each([
    '',
    '/',
    '/a',
    'a/',
    'a//b',
    '.',
    '..',
    '../a',
    'a/..',
    'a/../b',
    './a',
    'a/.',
    'a/./b',
    'a\\b',
    '..\\a',
    'a\u0000',
    'a\nb',
    'a\u007f',
    'a\u0085',
    '\ud800',
    'a/\udc00/b',
  ])('may not be %j', async (path) => {
    expect(await refusalOf(async () => safeTargetPath(path))).toBe('targets target.bad-path §4.5');
  });

  it('that passes stays below its base, and comes back from its URL', () => {
    const segment = fc.string({ unit: 'grapheme', maxLength: 5 });
    const raw = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(segment).map((all) => all.join('/')),
    );
    fc.assert(
      fc.property(raw, fc.boolean(), (text, prefixed) => {
        let path;
        try {
          path = safeTargetPath(text);
        } catch {
          return;
        }
        const url = new URL(
          targetUrlPath(path, prefixed ? 'ab' : null),
          'https://repository.test/x/targets/',
        );
        expect(url.origin + url.search + url.hash).toBe('https://repository.test');
        const segments = url.pathname.split('/').map(decodeURIComponent);
        const expected = path.split('/');
        if (prefixed) expected.push(`ab.${expected.pop()}`);
        expect(segments).toEqual(['', 'x', 'targets', ...expected]);
      }),
    );
  });
});

describe('a segment of a URL', () => {
  it('has nothing but unreserved characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const encoded = encodePathSegment(text);
        expect(encoded).toMatch(/^(?:[A-Za-z0-9._~-]|%[0-9A-F]{2})*$/);
        expect(decodeURIComponent(encoded)).toBe(text);
      }),
    );
  });
});
