import { describe, expect, it } from 'vitest';
import { counted, humanBytes, humanDate, humanDuration } from './human.ts';

describe('what people read', () => {
  it.each([
    [0, '0 bytes'],
    [999, '999 bytes'],
    [1_000, '1.0 kB'],
    [1_549, '1.5 kB'],
    [999_960, '1.0 MB'],
    [104_857_600, '104.9 MB'],
  ])('%i bytes are %s', (bytes, text) => expect(humanBytes(bytes)).toBe(text));

  it.each([
    [0, 'less than a second'],
    [1_000, '1 second'],
    [119_000, '1 minute'],
    [7_200_000, '2 hours'],
    [86_400_000, '24 hours'],
    [172_800_000, '2 days'],
  ])('%i ms are %s', (ms, text) => expect(humanDuration(ms)).toBe(text));

  it('counts', () => expect([counted(1, 'file'), counted(2, 'file')]).toEqual(['1 file', '2 files']));

  it('dates to the minute', () =>
    expect(humanDate('2026-11-21T12:30:59.123456Z')).toBe('2026-11-21 12:30 UTC'));
});
