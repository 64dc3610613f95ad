import { readFileSync } from 'node:fs';
import { toTufDate } from '@rind/kernel';
import { joinMetadata, specVersion } from '@rind/metadata';
import { binName, binVersion, emptyBin, metadataKey } from '@rind/repository';
import { openKeyFileSync } from '@rind/signers-file';
import { poolWorkerData, workerTasks } from '@rind/worker-pool';
import { openBinWriter } from './bin-writer.ts';
import type { FirstBinsTasks, FirstBinsWorkerData } from './first-bins-tasks.ts';

const data = poolWorkerData() as FirstBinsWorkerData;
const writer = await openBinWriter(data.store);
const signer = openKeyFileSync({
  path: data.keyFile,
  passphrase: readFileSync(data.passphraseFile, 'utf8').trim(),
});

function signBin(index: number, expiresMs: number): { readonly key: string; readonly file: Uint8Array } {
  const role = binName(index, data.bitLength);
  const version = binVersion(1, index);
  const signed = emptyBin({ role, version, expires: toTufDate(expiresMs) }, specVersion);
  return { key: metadataKey(role, version), file: joinMetadata(signed, [signer.signSync(signed)]) };
}

/** As many lanes as the store has; each takes the next bin that nobody has. */
async function sign(from: number, expiresMs: readonly number[]): Promise<number[]> {
  const lengths = new Array<number>(expiresMs.length);
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let i = next++; i < expiresMs.length; i = next++) {
      const { key, file } = signBin(from + i, expiresMs[i]!);
      const stored = writer.putNew(key, file);
      if (stored instanceof Promise) await stored;
      lengths[i] = file.length;
    }
  };
  await Promise.all(Array.from({ length: writer.lanes }, lane));
  return lengths;
}

export default workerTasks<FirstBinsTasks>({
  sign: async ({ from, expiresMs }) => ({ lengths: await sign(from, expiresMs) }),
});
