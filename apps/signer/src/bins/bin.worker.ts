import { readFileSync } from 'node:fs';
import type { PublicKey } from '@rind/crypto';
import { openKeyFileSync } from '@rind/signers-file';
import { openFsStore, openFsStoreSync } from '@rind/storage-fs';
import { poolWorkerData, workerTasks } from '@rind/worker-pool';
import { BinBuilder } from './bin-builder.ts';
import type { BinTasks, BinWorkerData } from './bin-tasks.ts';

/** One thread of the bin pool: opens its own store and its own key, and keeps both to itself. */
const data = poolWorkerData() as BinWorkerData;
const store = openFsStore({ root: data.storePath });
const builder = new BinBuilder({
  store,
  bins: openFsStoreSync({ root: data.storePath }),
  signer: openKeyFileSync({
    path: data.keyFile,
    passphrase: readFileSync(data.passphraseFile, 'utf8').trim(),
  }),
  keys: new Map(data.verificationKeys.map(({ keyId, key }) => [keyId, key as PublicKey])),
  threshold: data.threshold,
});

export default workerTasks<BinTasks>({
  build: (job) => builder.build(job),
  stat: ({ key }) => store.stat(key),
});
