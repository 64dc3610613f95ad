import { toBase64Url, toHex } from '@rind/kernel';
import type { Randomness } from '@rind/kernel';
import { existsSync } from 'node:fs';
import { readJsonFile, writeFileAtomic } from './atomic-file.ts';
import type { DataDir } from './data-dir.ts';

/** Made once per data folder: what the processes of this instance prove themselves to each other with. */
export interface InstanceSecrets {
  readonly gateAuth: string;
  readonly gateWarehouse: string;
  readonly signerAuth: string;
  readonly operatorAuth: string;
  readonly operatorSigner: string;
  readonly database: {
    readonly owner: string;
    readonly warehouse: string;
    readonly signer: string;
    readonly auth: string;
  };
  readonly demoPassword: string;
}

export function loadSecrets(data: DataDir, randomness: Randomness): InstanceSecrets {
  const secret = (): string => toBase64Url(randomness.bytes(32));
  if (!existsSync(data.sealKeyFile)) writeFileAtomic(data.sealKeyFile, `${toHex(randomness.bytes(32))}\n`);
  if (!existsSync(data.passphraseFile)) writeFileAtomic(data.passphraseFile, `${secret()}\n`);
  const existing = readJsonFile<InstanceSecrets>(data.secretsFile);
  if (existing?.operatorSigner !== undefined) return existing;
  const made: InstanceSecrets = {
    gateAuth: secret(),
    gateWarehouse: secret(),
    signerAuth: secret(),
    operatorAuth: secret(),
    operatorSigner: secret(),
    database: { owner: secret(), warehouse: secret(), signer: secret(), auth: secret() },
    demoPassword: secret(),
    // A folder of an earlier version lacks a secret that this one needs, and keeps all others.
    ...existing,
  };
  writeFileAtomic(data.secretsFile, `${JSON.stringify(made, null, 2)}\n`);
  return made;
}
