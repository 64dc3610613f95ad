import { isRindError } from '@rind/kernel';
import type { ObjectStore } from '@rind/storage-port';

/** The same store, each call counted by operation and outcome (`ok`, or the error's code). */
export function countingStore(store: ObjectStore, count: (op: string, outcome: string) => void): ObjectStore {
  const counted = async <Result>(op: string, call: () => Promise<Result>): Promise<Result> => {
    try {
      const result = await call();
      count(op, 'ok');
      return result;
    } catch (error) {
      count(op, isRindError(error) ? error.code : 'internal');
      throw error;
    }
  };
  return {
    putNew: (key, body) => counted('putNew', () => store.putNew(key, body)),
    replaceIf: (key, bytes, tag) => counted('replaceIf', () => store.replaceIf(key, bytes, tag)),
    get: (key, maxBytes) => counted('get', () => store.get(key, maxBytes)),
    open: (key, range) => counted('open', () => store.open(key, range)),
    stat: (key) => counted('stat', () => store.stat(key)),
    list: (prefix) => store.list(prefix),
    delete: (key) => counted('delete', () => store.delete(key)),
    sync: (keys) => counted('sync', () => store.sync(keys)),
  };
}
