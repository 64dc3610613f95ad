import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ServedValidity } from '../simulation/served-validity.ts';
import type { SimulatedIndex } from '../simulation/simulated-index.ts';
import { hour, startSmallIndex } from './small-index.ts';

const offline = ['targets', 'bins'];
let index: SimulatedIndex;
beforeEach(async () => {
  index = await startSmallIndex();
});
afterEach(() => index?.destroy());

/** Online roles that were served after they had expired, while nobody uploads anything for `hours`. */
async function expiredWhileIdle(hours: number, refresher?: { plan: () => Promise<null> }): Promise<string[]> {
  const served = new ServedValidity(index.store);
  const expired = new Set<string>();
  await index.run(
    hours * hour,
    async () => {
      for (const { role, expiresMs } of await served.roles()) {
        if (!offline.includes(role) && expiresMs <= index.time.nowMs()) expired.add(role);
      }
    },
    refresher === undefined ? {} : { refresher },
  );
  return [...expired].sort();
}

describe('An index to which nobody uploads anything', () => {
  it('never serves expired metadata', async () => {
    expect(await expiredWhileIdle(100)).toEqual([]);
  });

  it('does without its schedule, which this test notices', async () => {
    const never = { plan: async () => null };
    expect(await expiredWhileIdle(26, never)).toEqual([
      'bin-0',
      'bin-1',
      'bin-2',
      'bin-3',
      'snapshot',
      'timestamp',
    ]);
  });
});
