import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isProjectName, normalizeName, parseProjectName, ultranormalize } from './project-name.ts';

const named = fc.stringMatching(/^[A-Za-z0-9]([A-Za-z0-9._-]{0,40}[A-Za-z0-9])?$/);

describe('a project name', () => {
  it.each([
    ['six', 'six'],
    ['Foo.Bar', 'foo-bar'],
    ['foo__bar', 'foo-bar'],
    ['a-_.b', 'a-b'],
    ['A', 'a'],
    ['0', '0'],
    ['a'.repeat(200), 'a'.repeat(200)],
  ])('%j is normally %j', (raw, normal) => {
    expect(parseProjectName(raw)).toBe(normal);
  });

  it.each([
    '',
    '-a',
    'a-',
    '.a',
    '_',
    'a b',
    'a/b',
    '../a',
    'a\n',
    'ä',
    'ſix',
    '\u212aelvin',
    'a\0',
    'a'.repeat(201),
  ])('%j is refused', (raw) => {
    expect(() => parseProjectName(raw)).toThrow(expect.objectContaining({ code: 'name.invalid' }));
  });

  it('has one normal form, which is its own', () => {
    fc.assert(
      fc.property(named, (raw) => {
        const name = parseProjectName(raw);
        expect(isProjectName(name)).toBe(true);
        expect(parseProjectName(name)).toBe(name);
        expect(normalizeName(raw.toUpperCase())).toBe(name);
      }),
    );
  });

  it.each([
    ['Foo', false],
    ['foo_bar', false],
    ['foo--bar', false],
    ['-foo', false],
    ['', false],
    ['foo-bar', true],
  ])('%j is in normal form: %s', (text, normal) => {
    expect(isProjectName(text)).toBe(normal);
  });

  it.each([
    ['flask', 'f1ask'],
    ['Flask', 'F1ask'],
    ['fLask', 'f-1.a_sk'],
    ['pillow', 'p1l10w'],
    ['0o0', 'OoO'],
  ])('%j looks like %j', (a, b) => {
    expect(ultranormalize(a)).toBe(ultranormalize(b));
  });

  it('looks unlike another', () => {
    expect(ultranormalize('flask')).not.toBe(ultranormalize('flasks'));
    expect(ultranormalize('Pillow_2')).toBe('p1110w2');
  });
});
