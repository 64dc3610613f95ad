import { utf8 } from '@rind/kernel';
import { describe, expect, it, vi } from 'vitest';
import { ServedHistory } from './served-history.ts';

function timestamp(version: number, snapshot: number, expires = '2030-01-01T00:00:00Z'): Uint8Array {
  return utf8(
    JSON.stringify({
      signatures: [],
      signed: {
        _type: 'timestamp',
        expires,
        meta: { 'snapshot.json': { version: snapshot } },
        spec_version: '1.0.34',
        version,
      },
    }),
  );
}

/** The history of a store that serves these one after the other, each a few times. */
async function historyOf(states: readonly (Uint8Array | null)[]): Promise<ServedHistory> {
  let reads = 0;
  const history = new ServedHistory(
    { read: async () => states[Math.min(Math.floor(reads++ / 3), states.length - 1)] ?? null },
    0,
  );
  await vi.waitFor(() => expect(reads).toBeGreaterThan(states.length * 3));
  await history.stop();
  return history;
}

describe('the history of what was served', () => {
  it('finds nothing wrong with versions that only grow, whatever their steps', async () => {
    const history = await historyOf([timestamp(1, 1), timestamp(2, 1), timestamp(5, 4)]);
    expect(history.wrong).toEqual([]);
    expect(history.served.map(({ version }) => version)).toEqual([1, 2, 5]);
  });

  it.each([
    ['a version that goes back', [timestamp(2, 1), timestamp(1, 1)]],
    [
      'a version that comes again with other bytes',
      [timestamp(2, 1), timestamp(2, 1, '2031-01-01T00:00:00Z')],
    ],
    ['a snapshot version that goes back', [timestamp(2, 2), timestamp(3, 1)]],
    ['a timestamp that is not there', [timestamp(2, 1), null]],
    ['a timestamp that is cut off', [timestamp(2, 1), timestamp(3, 1).slice(0, 40)]],
  ])('notices %s', async (_name, states) => {
    expect((await historyOf(states)).wrong).not.toEqual([]);
  });
});
