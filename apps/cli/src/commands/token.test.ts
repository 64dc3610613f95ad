import { isRindError } from '@rind/kernel';
import { describe, expect, it } from 'vitest';
import { expiryOf } from './token.ts';

const now = Date.parse('2026-05-01T12:00:00Z');

describe('the expiry of a token', () => {
  it.each([
    ['90d', '2026-07-30T12:00:00.000Z'],
    ['1d', '2026-05-02T12:00:00.000Z'],
    ['2026-06-01', '2026-06-01T00:00:00.000Z'],
    ['2026-06-01T10:00:00+02:00', '2026-06-01T08:00:00.000Z'],
  ])('%s is %s', (text, expected) => {
    expect(expiryOf(text, now)).toBe(expected);
  });

  it.each(['0d', '-1d', '90', '90 d', 'soon', '', '1e3d', '2026-05-01T12:00:00Z', '2020-01-01'])(
    'is not %j',
    (text) => {
      expect(() => expiryOf(text, now)).toThrow(expect.objectContaining({ code: 'usage.invalid' }));
    },
  );

  it('is named in the refusal', () => {
    try {
      expiryOf('soon', now);
      expect.unreachable();
    } catch (error) {
      expect(isRindError(error) && error.details).toEqual({ argument: 'expires' });
    }
  });
});
