import { readFileSync } from 'node:fs';
import { threadId } from 'node:worker_threads';
import type { PublicKey } from '@rind/crypto';
import { openKeyFileSync } from '@rind/signers-file';
import type { SyncSigner } from '@rind/signers-file';
import { SigningError } from '@rind/signing-port';
import { poolWorkerData, workerTasks } from '@rind/worker-pool';
import { binStoreWithFaults } from '../injected-faults.ts';
import { retryingBinStore } from '../retrying/retrying-bin-store.ts';
import { countingBinStore } from '../store/counting-store.ts';
import { BinBuilder } from './bin-builder.ts';
import { openBinStore } from './bin-store.ts';
import type { BinSigning, BinWorkerData } from './bin-tasks.ts';
import { StoreCallTally } from './counted-tasks.ts';
import type { CountedBinTasks } from './counted-tasks.ts';

/** One thread of the bin pool: opens its own store and its own keys, and keeps them to itself. */
const data = poolWorkerData() as BinWorkerData;
const tally = new StoreCallTally();
const faulty = binStoreWithFaults(await openBinStore(data.store), data.faults, threadId);
const store = retryingBinStore(countingBinStore(faulty, tally.count));
/** By file; opening one takes some 50 ms. */
const signers = new Map<string, SyncSigner>();

function builderFor(signing: BinSigning | null): BinBuilder {
  if (signing === null) throw new SigningError('key.missing', 'no key for bins yet', { key: 'bin-n' });
  return new BinBuilder({
    store,
    signer: signerOf(signing.keyFile),
    keys: new Map(signing.verificationKeys.map(({ keyId, key }) => [keyId, key as PublicKey])),
    threshold: signing.threshold,
  });
}

function signerOf(path: string): SyncSigner {
  const known = signers.get(path);
  if (known !== undefined) return known;
  const passphrase = readFileSync(data.passphraseFile, 'utf8').trim();
  const signer = openKeyFileSync({ path, passphrase });
  signers.set(path, signer);
  return signer;
}

export default workerTasks<CountedBinTasks>({
  build: (job) => tally.with(builderFor(job.signing).build(job)),
  check: (job) => tally.with(builderFor(job.signing).check(job)),
  stat: ({ key }) => tally.with(store.stat(key)),
});
