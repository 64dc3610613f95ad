import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isUploadTime, uploadTime } from './upload-time.ts';

describe('an upload time', () => {
  it('has six digits behind the second', () => {
    expect(uploadTime(1_700_000_000_123)).toBe('2023-11-14T22:13:20.123000Z');
    expect(uploadTime(1_700_000_000_123, 45)).toBe('2023-11-14T22:13:20.123045Z');
    expect(uploadTime(0)).toBe('1970-01-01T00:00:00.000000Z');
  });

  it('is recognised when written', () => {
    const ms = fc.integer({ min: 0, max: 253_402_300_799_999 });
    fc.assert(
      fc.property(ms, fc.integer({ min: 0, max: 999 }), (at, micros) => isUploadTime(uploadTime(at, micros))),
    );
  });

  it.each([
    '',
    '2023-11-14T22:13:20Z',
    '2023-11-14T22:13:20.123Z',
    '2023-11-14T22:13:20.123000',
    '2023-11-14 22:13:20.123000Z',
    '2023-11-14T22:13:20.123000+00:00',
    '2023-02-30T22:13:20.123000Z',
    '2023-11-14T24:13:20.123000Z',
    '2023-11-14T22:13:60.123000Z',
    ' 2023-11-14T22:13:20.123000Z',
    '2023-11-14T22:13:20.123000Z\n',
  ])('is not %j', (text) => {
    expect(isUploadTime(text)).toBe(false);
  });
});
