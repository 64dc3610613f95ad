import { openFsStoreSync } from '@rind/storage-fs';
import type { PutOutcome, StoreLocation } from '@rind/storage-port';
import { openStore } from '../store/open-store.ts';

/** How a thread of the ceremony creates bins. */
export interface BinWriter {
  /** As `ObjectStore.putNew`; without a promise where the write ends before the call does. */
  putNew(key: string, bytes: Uint8Array): PutOutcome | Promise<PutOutcome>;
  /** Bins under way at one time: more than one only where a network is waited for. */
  readonly lanes: number;
}

/** Of a folder: one that `openFsStore` has opened before. */
export async function openBinWriter(location: StoreLocation): Promise<BinWriter> {
  if (location.kind === 'fs') return { ...openFsStoreSync({ root: location.path }), lanes: 1 };
  const { store } = await openStore(location);
  return { putNew: (key, bytes) => store.putNew(key, bytes), lanes: 32 };
}
