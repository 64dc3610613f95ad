import { utf8 } from '@rind/kernel';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ObjectStore, Tag } from './index.ts';

/** One store under test and ways to come back to it. */
export interface StoreUnderTest {
  readonly store: ObjectStore;
  /** The tags of two states with equal bytes differ. Not promised: a backend may make the tag of the bytes alone. */
  readonly distinguishesEqualBytes: boolean;
  /** Another instance on the same objects, as another process would open it. */
  openAgain(): Promise<ObjectStore>;
  cleanup(): Promise<void>;
}

const SOME_BYTES = 1_000_000;
const failsWith = (code: string) => expect.objectContaining({ code });

/** The part of the contract that is about `replaceIf`. */
export function describeReplaceIf(current: () => StoreUnderTest): void {
  describe('replaceIf', () => {
    let under: StoreUnderTest;
    let store: ObjectStore;
    beforeEach(() => {
      under = current();
      store = under.store;
    });
    const text = async (key: string, from = store) => {
      const found = await from.get(key, SOME_BYTES);
      return found === null ? null : new TextDecoder().decode(found.bytes);
    };
    const key = 'metadata/timestamp.json';

    it('creates once with the tag null', async () => {
      const tag = await store.replaceIf(key, utf8('1'), null);
      expect((await store.get(key, SOME_BYTES))?.tag).toBe(tag);
      await expect(store.replaceIf(key, utf8('2'), null)).rejects.toEqual(
        failsWith('store.precondition-failed'),
      );
      expect(await text(key)).toBe('1');
    });

    it('creates once when many race with the tag null', async () => {
      const stores = [store, await under.openAgain(), await under.openAgain()];
      await expectOneWinner(stores, (racer, i) => racer.replaceIf(key, utf8(`${i}`), null), key);
    });

    it('replaces with the newest tag, in any instance', async () => {
      const other = await under.openAgain();
      const first = await store.replaceIf(key, utf8('1'), null);
      const second = await other.replaceIf(key, utf8('2'), first);
      const third = await store.replaceIf(key, utf8('3'), second);
      expect(new Set([first, second, third]).size).toBe(3);
      expect(await text(key, other)).toBe('3');
    });

    it('refuses a stale tag', async () => {
      const first = await store.replaceIf(key, utf8('1'), null);
      const second = await store.replaceIf(key, utf8('2'), first);
      await store.replaceIf(key, utf8('3'), second);
      for (const tag of [first, second]) {
        await expect(store.replaceIf(key, utf8('4'), tag)).rejects.toEqual(
          failsWith('store.precondition-failed'),
        );
      }
      expect(await text(key)).toBe('3');
    });

    it('refuses a stale tag even if the bytes came back, where that is promised', async (context) => {
      if (!under.distinguishesEqualBytes) return context.skip('this backend does not promise it');
      const first = await store.replaceIf(key, utf8('1'), null);
      const second = await store.replaceIf(key, utf8('2'), first);
      await store.replaceIf(key, utf8('1'), second);
      for (const tag of [first, second]) {
        await expect(store.replaceIf(key, utf8('4'), tag)).rejects.toEqual(
          failsWith('store.precondition-failed'),
        );
      }
      expect(await text(key)).toBe('1');
    });

    it('refuses a tag of an object that is not there', async () => {
      const tag = await store.replaceIf(key, utf8('1'), null);
      const other = 'metadata/other.json';
      await expect(store.replaceIf(other, utf8('2'), tag)).rejects.toEqual(
        failsWith('store.precondition-failed'),
      );
      expect(await store.get(other, SOME_BYTES)).toBeNull();
    });

    it('refuses a tag it never gave', async () => {
      await store.replaceIf(key, utf8('1'), null);
      for (const tag of ['', 'x', '*', '"*"', '99', '9007199254740993-00', '../1'] as Tag[]) {
        await expect(store.replaceIf(key, utf8('2'), tag)).rejects.toEqual(
          failsWith('store.precondition-failed'),
        );
      }
      expect(await text(key)).toBe('1');
    });

    it('replaces what putNew created, by the tag that get gave', async () => {
      await store.putNew(key, utf8('1'));
      await expect(store.replaceIf(key, utf8('2'), null)).rejects.toEqual(
        failsWith('store.precondition-failed'),
      );
      const tag = (await store.get(key, SOME_BYTES))!.tag;
      await store.replaceIf(key, utf8('2'), tag);
      expect(await text(key)).toBe('2');
    });

    it('creates again after a deletion', async () => {
      const tag = await store.replaceIf(key, utf8('1'), null);
      await store.delete(key);
      await expect(store.replaceIf(key, utf8('2'), tag)).rejects.toEqual(
        failsWith('store.precondition-failed'),
      );
      await store.replaceIf(key, utf8('3'), null);
      expect(await text(key)).toBe('3');
    });

    it('has exactly one winner a round among many instances', async () => {
      const stores = [store, await under.openAgain(), await under.openAgain(), await under.openAgain()];
      let tag = await store.replaceIf(key, utf8('start'), null);
      for (let round = 0; round < 10; round++) {
        const body = (i: number) => utf8(`${round}/${i}`);
        tag = await expectOneWinner(stores, (racer, i) => racer.replaceIf(key, body(i), tag), key);
      }
    });

    it('never shows an older state to a reader while writers race', async () => {
      const writers = [store, await under.openAgain()];
      let done = false;
      // Each writer has bytes of its own, as the port asks of callers.
      const write = async (writer: ObjectStore, name: number) => {
        for (let won = 0; won < 10;) {
          const now = await writer.get(key, SOME_BYTES);
          const next = now === null ? 1 : Number.parseInt(new TextDecoder().decode(now.bytes)) + 1;
          won += await writer.replaceIf(key, utf8(`${next} of ${name}`), now?.tag ?? null).then(
            () => 1,
            () => 0,
          );
        }
      };
      const read = async (reader: ObjectStore) => {
        for (let seen = 0; !done;) {
          const value = Number.parseInt((await text(key, reader)) ?? '0');
          expect(value).toBeGreaterThanOrEqual(seen);
          seen = value;
        }
      };
      const reading = read(await under.openAgain());
      await Promise.all(writers.map(write));
      done = true;
      await reading;
      expect(await text(key)).toMatch(/^20 of /);
    });
  });
}

/** Runs 12 racers, expects one winner and `store.precondition-failed` for all others, and returns the winner's tag. */
async function expectOneWinner(
  stores: readonly ObjectStore[],
  replace: (store: ObjectStore, racer: number) => Promise<Tag>,
  key: string,
): Promise<Tag> {
  const racers = Array.from({ length: 12 }, (_, i) => replace(stores[i % stores.length]!, i));
  const outcomes = await Promise.allSettled(racers);
  const tags = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') expect(outcome.reason).toEqual(failsWith('store.precondition-failed'));
  }
  expect(tags).toHaveLength(1);
  expect((await stores[0]!.get(key, SOME_BYTES))?.tag).toBe(tags[0]);
  return tags[0]!;
}
