import { openFsStore, openFsStoreSync } from '@rind/storage-fs';
import type { ObjectStore, PutOutcome, StoreLocation } from '@rind/storage-port';
import { openStore } from '../store/open-store.ts';
import { binsPerTask } from './bin-tasks.ts';

/** Where a thread of the pool reads bins and creates new ones. */
export interface BinStore extends Pick<ObjectStore, 'get' | 'stat'> {
  /** As `ObjectStore.putNew`. Where it ends before it returns there is no promise, which thousands of bins would feel. */
  putNew(key: string, bytes: Uint8Array): PutOutcome | Promise<PutOutcome>;
  /** Bins that a thread has under way at one time: one where the work is its own, more where it waits for a network. */
  readonly lanes: number;
}

export async function openBinStore(location: StoreLocation): Promise<BinStore> {
  switch (location.kind) {
    case 'fs': {
      const store = openFsStore({ root: location.path });
      const bins = openFsStoreSync({ root: location.path });
      return {
        get: (key, maxBytes) => store.get(key, maxBytes),
        stat: (key) => store.stat(key),
        putNew: (key, bytes) => bins.putNew(key, bytes),
        lanes: 1,
      };
    }
    case 's3': {
      const { store } = await openStore(location);
      return {
        get: (key, maxBytes) => store.get(key, maxBytes),
        stat: (key) => store.stat(key),
        putNew: (key, bytes) => store.putNew(key, bytes),
        lanes: binsPerTask,
      };
    }
  }
}
