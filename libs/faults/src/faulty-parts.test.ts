import { StorageError } from '@rind/storage-port';
import type { ObjectStore, Tag } from '@rind/storage-port';
import { describe, expect, it } from 'vitest';
import { Faults, faultySigner, faultySql, faultyStore } from './index.ts';
import type { FaultablePool, FaultableSql, FaultSpec } from './index.ts';

const faultsOf = (given: Partial<FaultSpec>): Faults =>
  new Faults({ spec: { store: 0, key: 0, db: 0, lost: 0, stallMs: 0, ...given }, seed: 'parts' });
const code = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'done',
    (error: unknown) => (error as { code?: unknown }).code,
  );

/** A store that remembers which calls reached it. */
function rememberingStore(): { store: ObjectStore; reached: string[] } {
  const reached: string[] = [];
  const mark = <Result>(name: string, result: Result) => {
    return () => {
      reached.push(name);
      return Promise.resolve(result);
    };
  };
  return {
    reached,
    store: {
      putNew: mark('putNew', 'created' as const),
      replaceIf: mark('replaceIf', 'tag' as Tag),
      get: mark('get', null),
      open: mark('open', null),
      stat: mark('stat', null),
      delete: mark('delete', undefined),
      sync: mark('sync', undefined),
      list: async function* () {
        reached.push('list');
        yield 'metadata/a';
      },
    },
  };
}

async function callAll(store: ObjectStore): Promise<unknown[]> {
  const bytes = new Uint8Array(1);
  const listed = async (): Promise<void> => {
    const keys: string[] = [];
    for await (const key of store.list('metadata/')) keys.push(key);
    expect(keys).toEqual(['metadata/a']);
  };
  const calls = [
    () => store.putNew('k', bytes),
    () => store.replaceIf('k', bytes, null),
    () => store.get('k', 1),
    () => store.open('k'),
    () => store.stat('k'),
    () => store.delete('k'),
    () => store.sync(['k']),
    listed,
  ];
  const codes: unknown[] = [];
  for (const call of calls) codes.push(await code(call()));
  return codes;
}

const everyCall = ['putNew', 'replaceIf', 'get', 'open', 'stat', 'delete', 'sync', 'list'];

describe('a faulty store', () => {
  it('whose calls all fail does nothing', async () => {
    const { store, reached } = rememberingStore();
    const codes = await callAll(faultyStore(store, faultsOf({ store: 1 })));
    expect(new Set(codes)).toEqual(new Set(['store.unavailable']));
    expect(reached).toEqual([]);
  });

  it('whose replies are lost does everything but what opens a stream', async () => {
    const { store, reached } = rememberingStore();
    const codes = await callAll(faultyStore(store, faultsOf({ lost: 1 })));
    expect(new Set(codes)).toEqual(new Set(['store.unavailable']));
    expect(reached).toEqual(everyCall.filter((name) => name !== 'open' && name !== 'list'));
  });

  it('passes everything on when there are no faults, errors as well', async () => {
    const { store, reached } = rememberingStore();
    expect(new Set(await callAll(faultyStore(store, faultsOf({}))))).toEqual(new Set(['done']));
    expect(reached).toEqual(everyCall);
    store.get = (key) => Promise.reject(new StorageError('store.too-large', 'x', { key, maxBytes: 1 }));
    expect(await code(faultyStore(store, faultsOf({})).get('k', 1))).toBe('store.too-large');
  });
});

describe('a faulty signer', () => {
  it.each([
    [{ key: 1 }, 'key.unavailable', 0],
    [{ lost: 1 }, 'key.unavailable', 1],
    [{ store: 1, db: 1 }, 'done', 1],
  ])('with %j answers %s after %i signatures', async (given, expected, signatures) => {
    let made = 0;
    const signer = { sign: async () => (made++, { keyid: 'k' as never, sig: '00' }) };
    expect(await code(faultySigner(signer, faultsOf(given)).sign(new Uint8Array()))).toBe(expected);
    expect(made).toBe(signatures);
  });
});

/** A pool that keeps the statements of committed transactions only. */
class CommittingPool implements FaultablePool {
  readonly committed: string[] = [];
  readonly name = 'ours';

  query = async <Row extends object>(text: string): Promise<{ rows: Row[]; rowCount: number | null }> => {
    this.committed.push(text);
    return { rows: [], rowCount: 0 };
  };

  transaction = async <Result>(work: (sql: FaultableSql) => Promise<Result>): Promise<Result> => {
    const statements: string[] = [];
    const result = await work({
      query: async (text) => (statements.push(text), { rows: [], rowCount: 0 }),
    });
    this.committed.push(...statements);
    return result;
  };
}

describe('a faulty database', () => {
  const unavailable = (): Error => Object.assign(new Error('gone'), { code: 'database.unavailable' });
  const three = async (sql: FaultableSql): Promise<string> => {
    for (const text of ['a', 'b', 'c']) await sql.query(text);
    return 'result';
  };

  it('fails a transaction before its commit, wherever in it', async () => {
    const faults = faultsOf({ db: 1 });
    for (let i = 0; i < 40; i++) {
      const pool = new CommittingPool();
      expect(await code(faultySql(pool, faults, unavailable).transaction(three))).toBe(
        'database.unavailable',
      );
      expect(pool.committed).toEqual([]);
    }
  });

  it('commits a transaction whose reply is lost', async () => {
    const pool = new CommittingPool();
    const lost = faultySql(pool, faultsOf({ lost: 1 }), unavailable);
    expect(await code(lost.transaction(three))).toBe('database.unavailable');
    expect(pool.committed).toEqual(['a', 'b', 'c']);
  });

  it.each([
    [{ db: 1 }, []],
    [{ lost: 1 }, ['x']],
  ])('does a single statement with %j as often as it says', async (given, committed) => {
    const pool = new CommittingPool();
    expect(await code(faultySql(pool, faultsOf(given), unavailable).query('x'))).toBe('database.unavailable');
    expect(pool.committed).toEqual(committed);
  });

  it('is the same pool without faults, with whatever else it has', async () => {
    const pool = new CommittingPool();
    const faulty = faultySql(pool, faultsOf({}), unavailable);
    expect(await faulty.transaction(three)).toBe('result');
    expect(faulty.name).toBe('ours');
    expect(pool.committed).toEqual(['a', 'b', 'c']);
  });
});
