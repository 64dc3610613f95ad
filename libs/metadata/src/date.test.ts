import { toTufDate } from '@rind/kernel';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTufDate } from './date.ts';
import { MetadataError } from './errors.ts';

describe('a date of TUF', () => {
  it.each([
    ['1970-01-01T00:00:00Z', 0],
    ['1985-10-21T01:21:00Z', 498705660000],
    ['2024-02-29T23:59:59Z', 1709251199000],
    ['9999-12-31T23:59:59Z', 253402300799000],
  ])('%s is %i ms', (text, ms) => {
    expect(parseTufDate(text, 'expires')).toBe(ms);
  });

  it.each([
    '2030-01-01T00:00:00.000Z',
    '2030-01-01T00:00:00+00:00',
    '2030-01-01T00:00:00z',
    '2030-01-01 00:00:00Z',
    '2030-01-01T00:00:00',
    '2030-1-1T00:00:00Z',
    '2030-02-29T00:00:00Z',
    '2030-02-30T00:00:00Z',
    '2030-04-31T00:00:00Z',
    '2030-13-01T00:00:00Z',
    '2030-00-01T00:00:00Z',
    '2030-01-01T24:00:00Z',
    '2030-01-01T23:60:00Z',
    '2030-01-01T23:59:60Z',
    '12030-01-01T00:00:00Z',
    '-030-01-01T00:00:00Z',
    ' 2030-01-01T00:00:00Z',
    '2030-01-01T00:00:00Z\n',
    '٢٠٣٠-01-01T00:00:00Z',
    '',
  ])('%j is refused', (text) => {
    expect(() => parseTufDate(text, 'signed.expires')).toThrow(
      expect.objectContaining({ code: 'metadata.bad-date', details: { field: 'signed.expires' } }),
    );
    expect(() => parseTufDate(text, 'signed.expires')).toThrow(MetadataError);
  });

  it('reads back every second that can be written', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 253402300799 }), (seconds) => {
        expect(parseTufDate(toTufDate(seconds * 1000), 'expires')).toBe(seconds * 1000);
      }),
    );
  });
});
