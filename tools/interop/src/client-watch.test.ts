import { expect, it } from 'vitest';
import { assertUnbroken } from './client-watch.ts';
import type { ClientWatch, WatchEnd } from './client-watch.ts';

const error = { type: 'LookupError', message: '', cause: '', afterRounds: 1, timestamp: 5 };

function watched(
  timestamps: readonly number[],
  end: Partial<WatchEnd> = {},
): Parameters<typeof assertUnbroken> {
  const rounds = timestamps.map((timestamp, index) => ({
    round: index + 1,
    timestamp,
    known: 0,
    downloaded: 0,
  }));
  const last = { rounds: rounds.length, failed: 0, timestamp: timestamps.at(-1) ?? 0, errors: [], ...end };
  return [{ client: 'some', rounds } as unknown as ClientWatch, last];
}

it.each([
  ['versions that stand and rise', watched([4, 4, 5]), true],
  ['an error', watched([4, 5], { failed: 1, errors: [error] }), false],
  ['a failure that is only counted', watched([4, 5], { failed: 1 }), false],
  ['a version that goes back', watched([5, 4, 5]), false],
  ['rounds that were not heard of', watched([4, 5], { rounds: 3 }), false],
  ['an end in another version', watched([4, 5], { timestamp: 6 }), false],
] as const)('of a watch, %s: unbroken or not', (_, [watch, end], unbroken) => {
  const judge = (): void => assertUnbroken(watch, end);
  if (unbroken) expect(judge).not.toThrow();
  else expect(judge).toThrow();
});
