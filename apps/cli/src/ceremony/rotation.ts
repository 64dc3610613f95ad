/**
 * The rotation of online keys, step by step. Each step looks at what is published, so that a rotation that was
 * stopped anywhere goes on when it is started again:
 *
 * 1. a role with one key: the next version lists the old key and a new one; the signer signs with the new one;
 * 2. a role with several keys: the next version lists the last one alone. For bins not before every bin that is
 *    served is signed by it, or with `now`: then the signer signs the others anew in that very publication.
 *
 * In an emergency both are one step, and the old key counts for nothing at once.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PublicKey } from '@rind/crypto';
import { systemRandomness } from '@rind/kernel';
import type { KeyId } from '@rind/kernel';
import { parseTargets } from '@rind/metadata';
import type { Root } from '@rind/metadata';
import { binRoleName, parsePublicKey } from '@rind/repository';
import type { KeyChange, OfflineRole } from '@rind/repository';
import { createKeyFile, publicPathOf } from '@rind/signers-file';
import type { LocalInstance } from '../instance.ts';

export const onlineRoles = ['timestamp', 'snapshot', 'bins'] as const;
export type OnlineRole = (typeof onlineRoles)[number];

/** The offline role that appoints the keys, and what it calls the online one. */
export function appointedBy(role: OnlineRole): { readonly by: OfflineRole; readonly name: string } {
  return role === 'bins' ? { by: 'bins', name: binRoleName } : { by: 'root', name: role };
}

/** What the published version lists for each of `roles`. */
export function listedKeys(
  roles: readonly OnlineRole[],
  root: Root,
  bins: Uint8Array | undefined,
): ReadonlyMap<OnlineRole, readonly KeyId[]> {
  return new Map(
    roles.map((role) => [role, role === 'bins' ? binKeys(bins!) : root.roles[role].keyIds] as const),
  );
}

/** `begin`: a key is added. `finish`: all but the last go. `replace`: both at once. */
export type RotationStep = 'begin' | 'finish' | 'replace';

/** The next step, which is the same for all roles of one rotation; null when some are further than others. */
export function stepOf(
  listed: ReadonlyMap<OnlineRole, readonly KeyId[]>,
  emergency: boolean,
): RotationStep | null {
  const steps = new Set([...listed.values()].map(({ length }) => (length > 1 ? 'finish' : 'begin')));
  const [step] = steps;
  if (step === undefined || steps.size > 1) return null;
  return emergency && step === 'begin' ? 'replace' : step;
}

export async function changesOf(
  step: RotationStep,
  listed: ReadonlyMap<OnlineRole, readonly KeyId[]>,
  newKey: (role: OnlineRole) => Promise<PublicKey>,
): Promise<KeyChange[]> {
  const changes: KeyChange[] = [];
  for (const [role, keyIds] of listed) {
    const { name } = appointedBy(role);
    if (step !== 'finish') changes.push({ kind: 'add-key', role: name, key: await newKey(role) });
    const gone = step === 'begin' ? [] : step === 'finish' ? keyIds.slice(0, -1) : keyIds;
    changes.push(...gone.map((keyId) => ({ kind: 'remove-key', role: name, keyId }) as const));
  }
  return changes;
}

/** A key file for the version that will list it first; one that an earlier attempt made is taken up. */
export async function newKeyFile(
  instance: LocalInstance,
  role: OnlineRole,
  version: number,
): Promise<PublicKey> {
  const { name } = appointedBy(role);
  const path = join(instance.dataDir, 'keys', 'online', `${name}-${version}.pem`);
  if (existsSync(path)) {
    const known = parsePublicKey(readFileSync(publicPathOf(path)));
    if (known !== null) return known;
  }
  const passphrase = readFileSync(instance.operator.passphraseFile, 'utf8').trim();
  const { key } = await createKeyFile({
    path,
    passphrase,
    randomness: systemRandomness,
    role: `online/${name}`,
  });
  return key;
}

function binKeys(bytes: Uint8Array): readonly KeyId[] {
  const { delegations } = parseTargets(bytes).signed;
  if (delegations === undefined) return [];
  return delegations.kind === 'succinct' ? delegations.succinct.keyIds : (delegations.roles[0]?.keyIds ?? []);
}
