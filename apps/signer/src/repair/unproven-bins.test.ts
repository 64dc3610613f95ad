import { beforeEach, describe, expect, it } from 'vitest';
import { UnprovenBins } from './unproven-bins.ts';

let nowMs: number;
let bins: UnprovenBins;
const record = (idx: number) => ({ idx, reason: 'grants' }) as const;
/** The longest that chance allows. */
const longest = { bytes: (length: number) => new Uint8Array(length).fill(255) };

beforeEach(() => {
  nowMs = 0;
  bins = new UnprovenBins(() => nowMs, longest);
});

describe('bins that cannot be proven', () => {
  it('are looked at again after longer and longer, a minute at most', () => {
    const waits: number[] = [];
    for (let i = 0; i < 8; i++) {
      bins.judge([3], [record(3)]);
      const from = nowMs;
      while (bins.due().length === 0) nowMs += 500;
      waits.push(nowMs - from);
    }
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
  });

  it('are forgotten when a look finds them sound or provable', () => {
    bins.judge([3, 4], [record(3), record(4)]);
    expect([bins.has(3), bins.indexes]).toEqual([true, [3, 4]]);
    bins.judge([3], []);
    expect([bins.has(3), bins.has(4), bins.indexes]).toEqual([false, true, [4]]);
  });

  it('stay when only others were looked at', () => {
    bins.judge([3], [record(3)]);
    bins.judge([5], []);
    expect(bins.indexes).toEqual([3]);
  });

  it('are another list only when one came or went', () => {
    bins.judge([3], [record(3)]);
    const { records } = bins;
    bins.judge([3], [record(3)]);
    expect(bins.records).toBe(records);
    bins.judge([4], [record(4)]);
    expect(bins.records).not.toBe(records);
  });

  it('of an earlier holder are believed, and looked at at once', () => {
    bins.remember([record(7)]);
    expect([bins.has(7), bins.due()]).toEqual([true, [7]]);
  });
});
