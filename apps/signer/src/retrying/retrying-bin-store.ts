import type { PutOutcome } from '@rind/storage-port';
import type { BinStore } from '../bins/bin-store.ts';
import { retry } from './retry.ts';
import type { RetryOptions } from './retry.ts';
import { passingOfStore } from './retrying-store.ts';

/** As {@link retryingStore}, for a thread of the pool; a put that ends before it returns stays without a promise. */
export function retryingBinStore(store: BinStore, options: RetryOptions = {}): BinStore {
  const again = <Result>(call: () => Promise<Result>): Promise<Result> =>
    retry(passingOfStore, call, options);
  return {
    get: (key, maxBytes) => again(() => store.get(key, maxBytes)),
    stat: (key) => again(() => store.stat(key)),
    putNew: (key, bytes) => {
      const first = begun(() => store.putNew(key, bytes));
      if (!(first instanceof Promise)) return first;
      let next: Promise<PutOutcome> | null = first;
      return again(() => {
        const put = next ?? Promise.resolve(begun(() => store.putNew(key, bytes)));
        next = null;
        return put;
      });
    },
    lanes: store.lanes,
  };
}

function begun(put: () => PutOutcome | Promise<PutOutcome>): PutOutcome | Promise<PutOutcome> {
  try {
    return put();
  } catch (error) {
    return Promise.reject(error as Error);
  }
}
