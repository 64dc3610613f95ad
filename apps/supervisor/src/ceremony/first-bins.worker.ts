import { readFileSync } from 'node:fs';
import { toTufDate } from '@rind/kernel';
import { joinMetadata, specVersion } from '@rind/metadata';
import { binName, binVersion, emptyBin, metadataKey } from '@rind/repository';
import { openKeyFileSync } from '@rind/signers-file';
import { openFsStoreSync } from '@rind/storage-fs';
import { poolWorkerData, workerTasks } from '@rind/worker-pool';
import type { FirstBinsTasks, FirstBinsWorkerData } from './first-bins-tasks.ts';

const data = poolWorkerData() as FirstBinsWorkerData;
const store = openFsStoreSync({ root: data.storePath });
const signer = openKeyFileSync({
  path: data.keyFile,
  passphrase: readFileSync(data.passphraseFile, 'utf8').trim(),
});

function signBin(index: number, expiresMs: number): number {
  const role = binName(index, data.bitLength);
  const version = binVersion(1, index);
  const signed = emptyBin({ role, version, expires: toTufDate(expiresMs) }, specVersion);
  const file = joinMetadata(signed, [signer.signSync(signed)]);
  store.putNew(metadataKey(role, version), file);
  return file.length;
}

export default workerTasks<FirstBinsTasks>({
  sign: ({ from, expiresMs }) => ({ lengths: expiresMs.map((expires, i) => signBin(from + i, expires)) }),
});
