import type { ObjectStore } from '@rind/storage-port';
import { retry } from './retry.ts';
import type { RetryOptions } from './retry.ts';

/** After these a call may have worked or not. */
export const passingOfStore: ReadonlySet<string> = new Set(['store.unavailable']);

/**
 * The same store, of which calls that may be made twice are made again when they fail in a way that passes: with
 * many bins and pages in a publication, one of a thousand calls must not cost all the others. `replaceIf` never is:
 * what became of it is for the publication to find out.
 */
export function retryingStore(store: ObjectStore, options: RetryOptions = {}): ObjectStore {
  const again = <Result>(call: () => Promise<Result>): Promise<Result> =>
    retry(passingOfStore, call, options);
  return {
    putNew: (key, body) => again(() => store.putNew(key, body)),
    replaceIf: (key, bytes, tag) => store.replaceIf(key, bytes, tag),
    get: (key, maxBytes) => again(() => store.get(key, maxBytes)),
    open: (key, range) => again(() => store.open(key, range)),
    stat: (key) => again(() => store.stat(key)),
    list: (prefix) => store.list(prefix),
    delete: (key) => again(() => store.delete(key)),
    sync: (keys) => again(() => store.sync(keys)),
  };
}
