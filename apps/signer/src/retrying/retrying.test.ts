import { StorageError } from '@rind/storage-port';
import type { ObjectStore, Tag } from '@rind/storage-port';
import { DatabaseError } from '@rind/database';
import type { Pool } from '@rind/database';
import { describe, expect, it } from 'vitest';
import type { BinStore } from '../bins/bin-store.ts';
import { backoffMs } from './backoff.ts';
import { retryingBinStore } from './retrying-bin-store.ts';
import { retryingReads } from './retrying-reads.ts';
import { retryingStore } from './retrying-store.ts';

const unavailable = new StorageError('store.unavailable', 'gone', { key: 'k' });
const full = new StorageError('store.full', 'full', { key: 'k' });
const bytes = new Uint8Array(1);

/** Fails so many times, then works. */
function failing<Result>(times: number, error: Error, result: Result) {
  const calls = { count: 0, call: async () => (++calls.count <= times ? Promise.reject(error) : result) };
  return calls;
}

const pauses = () => {
  const ms: number[] = [];
  return { ms, pause: async (each: number) => void ms.push(each) };
};
const code = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'done',
    (error: unknown) => (error as { code?: unknown }).code,
  );

describe('the wait between two tries', () => {
  const extremes = [0, 255].map((byte) => ({ bytes: (n: number) => new Uint8Array(n).fill(byte) }));

  it.each([
    [1, [50, 100]],
    [2, [100, 200]],
    [5, [800, 1_600]],
    [7, [2_500, 5_000]],
    [1_000, [2_500, 5_000]],
  ])('after try %i is a random one in %j', (attempt, expected) => {
    expect(extremes.map((each) => backoffMs(attempt, { firstMs: 100, mostMs: 5_000 }, each))).toEqual(
      expected,
    );
  });
});

describe('a retrying store', () => {
  it.each([
    [4, unavailable, 'done', 5],
    [5, unavailable, 'store.unavailable', 5],
    [1, full, 'store.full', 1],
  ])('after %i times %s ends with %s', async (times, error, end, calls) => {
    const source = failing(times, error, null);
    const { ms, pause } = pauses();
    const store = retryingStore({ get: source.call } as unknown as ObjectStore, { pause });
    expect(await code(store.get('k', 1))).toBe(end);
    expect([source.count, ms.length]).toEqual([calls, calls - 1]);
  });

  it('never repeats a swap', async () => {
    const source = failing(1, unavailable, 'tag' as Tag);
    const store = retryingStore({ replaceIf: source.call } as unknown as ObjectStore, pauses());
    expect(await code(store.replaceIf('k', bytes, null))).toBe('store.unavailable');
    expect(source.count).toBe(1);
  });

  it('repeats nothing in a process that ends', async () => {
    const source = failing(1, unavailable, undefined);
    const options = { ...pauses(), goesOn: () => false };
    const store = retryingStore({ sync: source.call } as unknown as ObjectStore, options);
    expect(await code(store.sync(['k']))).toBe('store.unavailable');
    expect(source.count).toBe(1);
  });
});

describe('the store of a thread', () => {
  const binStore = (putNew: BinStore['putNew']): BinStore =>
    retryingBinStore({ lanes: 1, putNew, get: async () => null, stat: async () => null }, pauses());

  it('answers without a promise where the put ended at once', () => {
    expect(binStore(() => 'created').putNew('k', bytes)).toBe('created');
  });

  it.each([
    [
      'throws',
      (): never => {
        throw unavailable;
      },
    ],
    ['rejects', () => Promise.reject(unavailable)],
  ])('puts again after a put that %s', async (_what, fail) => {
    let calls = 0;
    const store = binStore(() => (++calls < 3 ? fail() : 'created'));
    expect(await store.putNew('k', bytes)).toBe('created');
    expect(calls).toBe(3);
  });
});

describe('retrying reads', () => {
  const gone = new DatabaseError('database.unavailable', 'gone', { sqlState: null });

  it.each([
    ['SELECT 1', 'done', 2],
    ['\n  SELECT 1', 'done', 2],
    ['UPDATE signer.lease SET holder = NULL', 'database.unavailable', 1],
    ['INSERT INTO signer.audit SELECT 1', 'database.unavailable', 1],
    ['WITH taken AS (UPDATE signer.bin SET idx = 1) SELECT 1', 'database.unavailable', 1],
  ])('%j ends with %s', async (text, end, calls) => {
    const source = failing(1, gone, { rows: [], rowCount: 0 });
    const pool = retryingReads({ query: source.call } as unknown as Pool, pauses());
    expect(await code(pool.query(text))).toBe(end);
    expect(source.count).toBe(calls);
  });
});
