import { isRindError } from '@rind/kernel';
import type { Metrics } from '@rind/nest-kit';
import type { ObjectStore } from '@rind/storage-port';

/** The same store, counting its calls by what came of them. */
export function meteredStore(store: ObjectStore, metrics: Metrics): ObjectStore {
  const calls = metrics.counter('rind_store_calls_total', 'Calls of the object store.', ['op', 'outcome']);
  const count = async <Result>(op: string, call: Promise<Result>): Promise<Result> => {
    try {
      const result = await call;
      calls.inc({ op, outcome: result === null ? 'absent' : 'ok' });
      return result;
    } catch (error) {
      calls.inc({ op, outcome: isRindError(error) ? error.code : 'failed' });
      throw error;
    }
  };
  return {
    putNew: (key, body) => count('putNew', store.putNew(key, body)),
    replaceIf: (key, bytes, tag) => count('replaceIf', store.replaceIf(key, bytes, tag)),
    get: (key, maxBytes) => count('get', store.get(key, maxBytes)),
    open: (key, range) => count('open', store.open(key, range)),
    stat: (key) => count('stat', store.stat(key)),
    list: (prefix) => store.list(prefix),
    delete: (key) => count('delete', store.delete(key)),
    sync: (keys) => count('sync', store.sync(keys)),
  };
}
