import { describe, expect, it } from 'vitest';
import { dateOf, describeDuration } from './moment.ts';

describe('a date', () => {
  it.each([
    ['2026-05-01', '2026-05-01T00:00:00.000Z'],
    ['2026-05-01T10:30', '2026-05-01T10:30:00.000Z'],
    ['2026-05-01T10:30:05', '2026-05-01T10:30:05.000Z'],
    ['2026-05-01T10:30:05Z', '2026-05-01T10:30:05.000Z'],
    ['2026-05-01T10:30:05.250+02:00', '2026-05-01T08:30:05.250Z'],
    ['2028-02-29', '2028-02-29T00:00:00.000Z'],
  ])('%s is %s, whatever the zone of the machine', (text, expected) => {
    expect(new Date(dateOf(text)!).toISOString()).toBe(expected);
  });

  it.each([
    '',
    '1',
    '2026',
    'tomorrow',
    '2026-13-01',
    '2026-02-30',
    '2026-05-01 10:30',
    '1 May 2026',
    '2026-05-01T25:00',
  ])('is not %j', (text) => {
    expect(dateOf(text)).toBeNull();
  });
});

describe('a length of time', () => {
  it.each([
    [-5, '0 s'],
    [59_999, '59 s'],
    [60_000, '1 min'],
    [3_600_000, '1 h 0 min'],
    [64_920_000, '18 h 2 min'],
    [172_799_999, '47 h 59 min'],
    [172_800_000, '2 days'],
  ])('of %i ms is %s', (ms, expected) => {
    expect(describeDuration(ms)).toBe(expected);
  });
});
