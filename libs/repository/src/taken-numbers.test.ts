import { describe, expect, it } from 'vitest';
import { staleNumber } from './taken-numbers.ts';

const served = { timestampVersion: 7, snapshotVersion: 5, binVersion: (index: number) => 32_768 * 2 + index };
const taken = (timestampVersion: number, snapshotVersion: number, bins: [number, number][] = []) => ({
  timestampVersion,
  snapshotVersion,
  binVersions: new Map(bins),
});

describe('taken numbers', () => {
  it.each([
    ['all are above what is served', taken(8, 6, [[1, 32_768 * 3 + 1]]), true, null],
    ['numbers were burned in between', taken(20, 9), true, null],
    ['a take-over names the served snapshot', taken(8, 5), false, null],
    ['the timestamp is served already', taken(7, 6), true, { role: 'timestamp', taken: 7, served: 7 }],
    ['the timestamp is older', taken(3, 6), true, { role: 'timestamp', taken: 3, served: 7 }],
    ['the snapshot is served already', taken(8, 5), true, { role: 'snapshot', taken: 5, served: 5 }],
    ['a take-over names an older snapshot', taken(8, 4), false, { role: 'snapshot', taken: 4, served: 5 }],
    [
      'a bin is served already',
      taken(8, 6, [[1, 32_768 * 2 + 1]]),
      true,
      { role: 'bin 1', taken: 65_537, served: 65_537 },
    ],
  ] as const)('%s', (_name, numbers, newSnapshot, stale) => {
    expect(staleNumber(served, numbers, newSnapshot)).toEqual(stale);
  });
});
