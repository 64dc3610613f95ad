import { describe, expect, it } from 'vitest';
import { allowsRange, isKnownTo } from './entity-tag.ts';

describe('If-None-Match', () => {
  it.each<[string | undefined, boolean]>([
    [undefined, false],
    ['"a"', true],
    ['W/"a"', true],
    ['"b", "a"', true],
    ['"b"', false],
    ['a', false],
    ['*', true],
  ])('%s', (header, known) => {
    expect(isKnownTo(header, '"a"')).toBe(known);
  });
});

describe('If-Range', () => {
  it.each<[string | undefined, boolean]>([
    [undefined, true],
    ['"a"', true],
    ['W/"a"', false],
    ['"b"', false],
    ['Tue, 20 Oct 2026 07:28:00 GMT', false],
  ])('%s', (header, allowed) => {
    expect(allowsRange(header, '"a"')).toBe(allowed);
  });
});
