import { timestampKey } from '@rind/repository';
import type { ObjectStore } from '@rind/storage-port';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SimulatedIndex } from '../simulation/simulated-index.ts';
import { servedTargets } from './served-targets.ts';
import { hour, startSmallIndex } from './small-index.ts';

let index: SimulatedIndex;
beforeEach(async () => {
  index = await startSmallIndex();
});
afterEach(() => index?.destroy());

/** Looks at the whole repository each time a timestamp has become visible; `late` bins arrive only with the next put. */
function watched(late: boolean): { store: ObjectStore; dangling: string[]; looks: () => number } {
  const { store } = index;
  const dangling: string[] = [];
  let looks = 0;
  let waiting: (() => Promise<unknown>)[] = [];
  const through: ObjectStore = Object.create(store) as ObjectStore;
  through.putNew = async (key, body) => {
    if (late && key.includes('.bin-')) {
      waiting.push(() => store.putNew(key, body as Uint8Array));
      return 'created';
    }
    return store.putNew(key, body as Uint8Array);
  };
  through.replaceIf = async (key, bytes, tag) => {
    const next = await store.replaceIf(key, bytes, tag);
    expect(key).toBe(timestampKey);
    looks++;
    try {
      servedTargets(store);
    } catch (error) {
      dangling.push((error as Error).message);
    }
    const arriving = waiting;
    waiting = [];
    for (const put of arriving) await put();
    return next;
  };
  return { store: through, dangling, looks: () => looks };
}

async function publishThrough(late: boolean): Promise<{ dangling: readonly string[]; looks: number }> {
  const { store, dangling, looks } = watched(late);
  for (let i = 0; i < 3; i++) {
    await index.upload();
    await index.run(10 * hour, undefined, { store });
  }
  return { dangling, looks: looks() };
}

describe('What a timestamp leads to', () => {
  it('is complete in the moment in which the timestamp is seen', async () => {
    const { dangling, looks } = await publishThrough(false);
    expect(dangling).toEqual([]);
    expect(looks).toBeGreaterThan(5);
  });

  it('is not when bins are stored after it, which this test notices', async () => {
    const { dangling } = await publishThrough(true);
    expect(dangling.length).toBeGreaterThan(0);
  });
});
