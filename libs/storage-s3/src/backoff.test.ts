import type { Randomness } from '@rind/kernel';
import { describe, expect, it } from 'vitest';
import { backoffMs } from './backoff.ts';

const always = (byte: number): Randomness => ({ bytes: (length) => new Uint8Array(length).fill(byte) });

describe('the wait after a failed try', () => {
  it.each([
    [1, 99],
    [2, 199],
    [3, 399],
    [6, 3_199],
    [7, 4_999],
    [50, 4_999],
    [2_000, 4_999],
  ])('%i is at most %i ms', (attempt, mostMs) => {
    expect(backoffMs(attempt, always(0xff))).toBe(mostMs);
  });

  it.each([1, 5, 50])('%i may be none at all, and half', (attempt) => {
    const most = backoffMs(attempt, always(0xff));
    expect(backoffMs(attempt, always(0))).toBe(0);
    expect(Math.abs(backoffMs(attempt, always(0x80)) - most / 2)).toBeLessThan(most / 100);
  });
});
