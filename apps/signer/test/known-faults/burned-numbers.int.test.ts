import { StorageError } from '@rind/storage-port';
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

/** Bins are stored, the snapshot never: what a publication leaves that stops half-way. */
function withoutSnapshot(): ObjectStore {
  const { store } = index;
  const through: ObjectStore = Object.create(store) as ObjectStore;
  through.putNew = async (key, body) => {
    if (key.includes('.snapshot.')) throw new StorageError('store.unavailable', 'injected', { key });
    return store.putNew(key, body as Uint8Array);
  };
  return through;
}

async function publishHalf(): Promise<void> {
  await index.upload();
  await index.run(3 * hour, undefined, { store: withoutSnapshot() });
  expect(servedTargets(index.store)).toEqual(new Set());
}

/** A second file goes into the same page, and so into a bin that the half-way publication wrote. */
async function publishMore(): Promise<number> {
  await index.upload();
  await index.run(3 * hour);
  return servedTargets(index.store).size;
}

describe('A publication that stopped half-way', () => {
  it('is not seen, and does not stand in the way of the next one', async () => {
    await publishHalf();
    expect(await publishMore()).toBe(3);
  });

  it('stands in the way when its numbers are used again, which this test notices', async () => {
    const { rows: before } = await index.owner.query<{ idx: number; next_counter: string }>(
      `SELECT idx, next_counter FROM signer.bin`,
    );
    await publishHalf();
    for (const { idx, next_counter } of before) {
      await index.owner.query(`UPDATE signer.bin SET next_counter = $2 WHERE idx = $1`, [idx, next_counter]);
    }
    await index.upload();
    await expect(index.run(3 * hour)).rejects.toMatchObject({
      code: 'writer.lost',
      details: { reason: 'store.conflict' },
    });
  });
});
