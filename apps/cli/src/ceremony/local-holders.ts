import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { keyIdOf } from '@rind/crypto';
import type { KeyId } from '@rind/kernel';
import { assemble, missingOf, parsePublicKey, signersOf } from '@rind/repository';
import type { CheckedPlan, DetachedSignature } from '@rind/repository';
import { openKeyFile, publicPathOf } from '@rind/signers-file';
import type { LocalInstance } from '../instance.ts';

/**
 * The holders of a development instance, all of them in its folder. Answers the signed file, or null when the
 * offline keys that are here are not enough: then the plan goes to people.
 */
export async function signByLocalHolders(
  checked: CheckedPlan,
  instance: LocalInstance,
): Promise<Uint8Array | null> {
  const signers = signersOf(checked);
  const passphrase = readFileSync(instance.operator.passphraseFile, 'utf8').trim();
  const signatures: DetachedSignature[] = [];
  for (const [keyId, path] of keyFiles(join(instance.dataDir, 'keys', 'offline'))) {
    if (!signers.has(keyId)) continue;
    const signer = await openKeyFile({ path, passphrase });
    signatures.push({ ...(await signer.sign(checked.signedBytes)), digest: checked.digest });
  }
  const { progress, file } = assemble(checked, signatures);
  return missingOf(progress) === 0 ? file : null;
}

/** Private key files of a folder by the id of their public halves. */
export function keyFiles(folder: string): ReadonlyMap<KeyId, string> {
  const found = new Map<KeyId, string>();
  if (!existsSync(folder)) return found;
  for (const name of readdirSync(folder).toSorted()) {
    const path = join(folder, name);
    const publicPath = publicPathOf(path);
    if (!name.endsWith('.pem') || !existsSync(publicPath)) continue;
    const key = parsePublicKey(readFileSync(publicPath));
    if (key !== null) found.set(keyIdOf(key), path);
  }
  return found;
}
