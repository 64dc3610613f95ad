import { existsSync, readFileSync } from 'node:fs';
import type { Randomness } from '@rind/kernel';
import { createKeyFile, openKeyFile } from '@rind/signers-file';
import type { Signer } from '@rind/signing-port';
import type { DataDir } from '../instance/data-dir.ts';

/** Every key of a development instance. In production none of them is a file, and no machine holds them all. */
export const keyNames = {
  root: ['offline/root-1', 'offline/root-2', 'offline/root-3'],
  targets: ['offline/targets-1', 'offline/targets-2'],
  bins: ['offline/bins-1', 'offline/bins-2'],
  online: 'online/snapshot-timestamp',
  bin: 'online/bin-n',
  grant: 'auth/grant',
  operator: 'operator/operator',
} as const;

/** Opens a key of this instance, making it first when there is none. */
export async function openOrCreateKey(data: DataDir, name: string, randomness: Randomness): Promise<Signer> {
  const path = data.key(name);
  const passphrase = readFileSync(data.passphraseFile, 'utf8').trim();
  if (!existsSync(path)) await createKeyFile({ path, passphrase, randomness, role: name });
  return openKeyFile({ path, passphrase });
}
