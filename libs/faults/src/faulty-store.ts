import { StorageError } from '@rind/storage-port';
import type { ObjectStore } from '@rind/storage-port';
import type { Faults } from './faults.ts';

/** The same store, of which some calls fail, stall or lose their reply (`store.unavailable`). */
export function faultyStore(store: ObjectStore, faults: Faults): ObjectStore {
  const call = <Result>(key: string, work: () => Promise<Result>): Promise<Result> =>
    faults.call('store', work, () => storeUnavailable(key));
  return {
    putNew: (key, body) => call(key, () => store.putNew(key, body)),
    replaceIf: (key, bytes, tag) => call(key, () => store.replaceIf(key, bytes, tag)),
    get: (key, maxBytes) => call(key, () => store.get(key, maxBytes)),
    // A lost reply would leave a stream that nobody closes.
    open: async (key, range) => {
      await call(key, () => Promise.resolve());
      return store.open(key, range);
    },
    stat: (key) => call(key, () => store.stat(key)),
    list: (prefix) => listing(store, prefix, call),
    delete: (key) => call(key, () => store.delete(key)),
    sync: (keys) => call(keys[0] ?? '', () => store.sync(keys)),
  };
}

/** What an injected fault of the store looks like. */
export function storeUnavailable(key: string): StorageError<'store.unavailable'> {
  return new StorageError('store.unavailable', 'injected fault', { key });
}

async function* listing(
  store: ObjectStore,
  prefix: string,
  call: (key: string, work: () => Promise<void>) => Promise<void>,
): AsyncGenerator<string> {
  await call(prefix, () => Promise.resolve());
  yield* store.list(prefix);
}
