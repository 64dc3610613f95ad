import { isRindError } from '@rind/kernel';
import type { ObjectStore } from '@rind/storage-port';
import type { BinStore } from '../bins/bin-store.ts';

/** Told each call: its operation, and `ok` or the error's code; several alike at once by `times`. */
export type CountStoreCall = (op: string, outcome: string, times?: number) => void;

/** The same store, each call counted. */
export function countingStore(store: ObjectStore, count: CountStoreCall): ObjectStore {
  const counted = countedBy(count);
  return {
    putNew: (key, body) => counted('putNew', () => store.putNew(key, body)),
    replaceIf: (key, bytes, tag) => counted('replaceIf', () => store.replaceIf(key, bytes, tag)),
    get: (key, maxBytes) => counted('get', () => store.get(key, maxBytes)),
    open: (key, range) => counted('open', () => store.open(key, range)),
    stat: (key) => counted('stat', () => store.stat(key)),
    list: (prefix) => countedList(store.list(prefix), count),
    delete: (key) => counted('delete', () => store.delete(key)),
    sync: (keys) => counted('sync', () => store.sync(keys)),
  };
}

/** As {@link countingStore}, for a thread of the pool; a put that ends before it returns stays without a promise. */
export function countingBinStore(store: BinStore, count: CountStoreCall): BinStore {
  const counted = countedBy(count);
  return {
    get: (key, maxBytes) => counted('get', () => store.get(key, maxBytes)),
    stat: (key) => counted('stat', () => store.stat(key)),
    putNew: (key, bytes) => {
      try {
        const put = store.putNew(key, bytes);
        if (put instanceof Promise) return counted('putNew', () => put);
        count('putNew', 'ok');
        return put;
      } catch (error) {
        count('putNew', outcomeOf(error));
        throw error;
      }
    },
    lanes: store.lanes,
  };
}

function countedBy(count: CountStoreCall) {
  return async <Result>(op: string, call: () => Promise<Result>): Promise<Result> => {
    try {
      const result = await call();
      count(op, 'ok');
      return result;
    } catch (error) {
      count(op, outcomeOf(error));
      throw error;
    }
  };
}

/** One call, however many pages it takes; a reader that stops early is content. */
async function* countedList(keys: AsyncIterable<string>, count: CountStoreCall): AsyncGenerator<string> {
  let outcome = 'ok';
  try {
    yield* keys;
  } catch (error) {
    outcome = outcomeOf(error);
    throw error;
  } finally {
    count('list', outcome);
  }
}

function outcomeOf(error: unknown): string {
  return isRindError(error) ? error.code : 'internal';
}
