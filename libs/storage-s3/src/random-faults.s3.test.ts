import { isRindError, utf8 } from '@rind/kernel';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startRig } from '../test/rig.ts';
import type { Rig } from '../test/rig.ts';
import type { S3Store } from './index.ts';

const SOME_BYTES = 1_000_000;
const KINDS = ['fail', 'cut-before', 'drop-reply', 'cut-body', 'stall'] as const;

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig?.stop());
beforeEach(() => rig.reset());

describe('with a third of all requests failing', () => {
  it.each([1, 2, 3])('no put is lost, halved or refused for its own earlier try (seed %i)', async (seed) => {
    rig.proxy.random({ rate: 0.33, seed, kinds: KINDS, stallMs: 20 });
    const store = rig.proxied({ attempts: 30 });
    const keys = Array.from({ length: 100 }, (_, i) => `targets/simple/p${String(i).padStart(3, '0')}`);
    // Each key is put by two at the same time.
    const outcomes = await Promise.all(
      keys.map((key) => Promise.all([store.putNew(key, utf8(key)), store.putNew(key, utf8(key))])),
    );
    for (const pair of outcomes) {
      expect(pair.filter((outcome) => outcome === 'created').length).toBeLessThanOrEqual(1);
    }
    const listed: string[] = [];
    for await (const key of store.list('')) listed.push(key);
    expect(listed).toEqual(keys);
    for (const key of keys) expect((await store.get(key, SOME_BYTES))?.bytes).toEqual(utf8(key));
    expect(rig.retries.length).toBeGreaterThan(20);
  });

  it.each([4, 5, 6])(
    'the swaps of three writers are one history with every won one in it (seed %i)',
    async (seed) => {
      const key = 'metadata/timestamp.json';
      rig.proxy.random({ rate: 0.33, seed, kinds: KINDS, stallMs: 20 });
      const won: string[] = [];
      // The object is the list of all swaps that led to it.
      const write = async (store: S3Store, writer: number) => {
        for (let turn = 0; turn < 20; turn++) {
          const name = `${writer}.${turn}`;
          try {
            const now = await store.get(key, SOME_BYTES);
            const history = now === null ? [] : new TextDecoder().decode(now.bytes).split(' ');
            await store.replaceIf(key, utf8([...history, name].join(' ')), now?.tag ?? null);
            won.push(name);
          } catch (error) {
            if (!isRindError(error, 'store.precondition-failed') && !isRindError(error, 'store.unavailable'))
              throw error;
          }
        }
      };
      await Promise.all([0, 1, 2].map((writer) => write(rig.proxied({ attempts: 3 }), writer)));
      const last = await rig.direct().get(key, SOME_BYTES);
      const history = new TextDecoder().decode(last!.bytes).split(' ');
      expect(new Set(history).size).toBe(history.length);
      expect(history).toEqual(expect.arrayContaining(won));
      expect(won.length).toBeGreaterThan(5);
    },
  );
});
