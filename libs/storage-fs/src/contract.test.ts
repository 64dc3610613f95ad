import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { objectStoreContract } from '@rind/storage-port/contract';
import { openFsStore } from './index.ts';

objectStoreContract('the directory store', async () => {
  const root = await mkdtemp(join(tmpdir(), 'rind-fs-'));
  return {
    store: openFsStore({ root }),
    distinguishesEqualBytes: true,
    openAgain: async () => openFsStore({ root }),
    cleanup: () => rm(root, { recursive: true }),
  };
});
