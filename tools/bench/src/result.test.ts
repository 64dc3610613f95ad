import { describe, expect, it } from 'vitest';
import { percentile } from './result.ts';

describe('percentile', () => {
  const hundred = Array.from({ length: 100 }, (_, i) => 100 - i);
  it.each([
    [0.5, 50],
    [0.99, 99],
    [1, 100],
    [0, 1],
  ])('of 1 to 100 at %d is %i', (share, value) => expect(percentile(hundred, share)).toBe(value));

  it('of nothing is no number', () => expect(percentile([], 0.5)).toBeNaN());
});
