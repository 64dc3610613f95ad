import type { Randomness } from '@rind/kernel';

const FIRST_MS = 100;
const MOST_MS = 5_000;

/**
 * Wait after the failed try number `attempt` (from 1): anything up to 100 ms, doubled for each try, at most 5 s.
 * Full jitter, so that writers that failed together do not come back together.
 */
export function backoffMs(attempt: number, randomness: Randomness): number {
  const bound = Math.min(MOST_MS, FIRST_MS * 2 ** (attempt - 1));
  const [a, b, c, d] = randomness.bytes(4);
  const fraction = ((a! << 24) | (b! << 16) | (c! << 8) | d!) >>> 0;
  return Math.floor((fraction / 2 ** 32) * bound);
}
