import { expect, it } from 'vitest';
import { kinds, readList } from './listed-distribution.ts';

const list = readList();

it('lists at least 60 files to be taken, of every kind, and each file once', () => {
  const taken = list.filter(({ refused }) => refused === undefined);
  expect(taken.length).toBeGreaterThanOrEqual(60);
  expect(new Set(taken.map(({ kind }) => kind))).toEqual(new Set(Object.keys(kinds)));
  expect(new Set(list.map(({ filename }) => filename)).size).toBe(list.length);
});

it.each(list)('$filename is pinned by its bytes and its release', ({ sha256, requirement }) => {
  expect(sha256).toMatch(/^[0-9a-f]{64}$/);
  expect(requirement).toMatch(/^[a-z0-9]+(?:-[a-z0-9]+)*==(?:[0-9]+!)?[0-9][0-9a-z.]*$/);
});

it('keeps releases with an epoch and in development, and refuses capital letters in names of files', () => {
  const taken = list.filter(({ refused }) => refused === undefined);
  const capital = list.filter(({ filename }) => /^[^-]*[A-Z]/.test(filename));
  expect(
    taken.filter(({ requirement }) => /==[1-9][0-9]*!/.test(requirement)).map(({ kind }) => kind),
  ).toEqual(expect.arrayContaining(['pure', 'sdist']));
  expect(taken.some(({ requirement }) => /\.dev[0-9]+$/.test(requirement))).toBe(true);
  expect(capital.length).toBeGreaterThan(0);
  expect(new Set(capital.map(({ refused }) => refused))).toEqual(new Set(['filename.wrong-name']));
});
