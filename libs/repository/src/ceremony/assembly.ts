import { verifySignature } from '@rind/crypto';
import type { PublicKey } from '@rind/crypto';
import { fromHex, isRindError } from '@rind/kernel';
import type { KeyId } from '@rind/kernel';
import { joinMetadata, verifyThreshold } from '@rind/metadata';
import type { Signature } from '@rind/metadata';
import { keyIdOf } from '@rind/crypto';
import { CeremonyError } from './errors.ts';
import { presentRight, rightOf } from './foundation.ts';
import type { SigningRight } from './foundation.ts';
import type { CheckedPlan } from './plan.ts';

/** How far one threshold is. */
export interface Progress {
  /** `present`: who may sign today. `next`: for root, who may sign from this version on. */
  readonly by: 'present' | 'next';
  readonly valid: readonly KeyId[];
  readonly threshold: number;
  readonly missing: number;
}

/** One signature file that was handed in, and what it is worth. */
export interface JudgedSignature {
  readonly keyid: string;
  readonly verdict: SignatureVerdict;
}

/**
 * `foreign`: the key is none of the signers. `invalid`: it does not sign this document. `other-plan`: it was made
 * for another one.
 */
export type SignatureVerdict = 'counted' | 'repeated' | 'foreign' | 'invalid' | 'other-plan';

/** A detached signature as a holder made it. */
export interface DetachedSignature extends Signature {
  /** Lower-case hex SHA-256 of what was signed. */
  readonly digest: string;
}

export interface Assembly {
  readonly signatures: readonly Signature[];
  readonly judged: readonly JudgedSignature[];
  readonly progress: readonly Progress[];
  readonly complete: boolean;
  /** The file as it stands, complete or not. */
  readonly file: Uint8Array;
}

/** Everybody whose signature may stand in the file, by key id. */
export function signersOf(checked: CheckedPlan): ReadonlyMap<KeyId, PublicKey> {
  const signers = new Map<KeyId, PublicKey>();
  for (const { right } of thresholdsOf(checked)) {
    for (const id of right.keyIds) {
      const key = right.keys.get(id);
      if (key !== undefined) signers.set(id, key);
    }
  }
  for (const key of checked.plan.joining) signers.set(keyIdOf(key), key);
  return signers;
}

/** @throws CeremonyError `ceremony.not-a-signer` */
export function requireSigner(checked: CheckedPlan, keyId: KeyId): void {
  if (signersOf(checked).has(keyId)) return;
  const { role, version } = checked;
  throw new CeremonyError(
    'ceremony.not-a-signer',
    `the key ${keyId} signs neither for the old ${role} nor the new`,
    {
      role,
      version,
      keyId,
    },
  );
}

/**
 * The union of all signatures: the order in which they came, and how often, makes no difference. What is bad or
 * foreign is named and left out.
 */
export function assemble(checked: CheckedPlan, handedIn: readonly DetachedSignature[]): Assembly {
  const signers = signersOf(checked);
  const counted = new Map<string, Signature>();
  const judged = handedIn.map(({ keyid, sig, digest }): JudgedSignature => {
    const judge = (): SignatureVerdict => {
      if (digest !== checked.digest) return 'other-plan';
      const key = signers.get(keyid);
      if (key === undefined) return 'foreign';
      if (!holds(key, checked.signedBytes, sig)) return 'invalid';
      if (counted.has(keyid)) return 'repeated';
      counted.set(keyid, { keyid, sig });
      return 'counted';
    };
    return { keyid, verdict: judge() };
  });
  // In the order of the keys, so that the same signatures make the same file whoever assembles it.
  const signatures = [...counted.values()].toSorted((a, b) => (a.keyid < b.keyid ? -1 : 1));
  const progress = progressOf(checked, signatures);
  return {
    signatures,
    judged,
    progress,
    complete: progress.every(({ missing }) => missing === 0),
    file: joinMetadata(checked.signedBytes, signatures),
  };
}

/** How many signatures each threshold still wants (TUF 1.0.34 §5.3.4: root needs the old one and the new one). */
export function progressOf(checked: CheckedPlan, signatures: readonly Signature[]): Progress[] {
  const metadata = { signatures, signedBytes: () => checked.signedBytes };
  return thresholdsOf(checked).map(({ by, right }) => {
    const { valid, threshold } = verifyThreshold(metadata, right, right.keys);
    return { by, valid, threshold, missing: Math.max(0, threshold - valid.length) };
  });
}

/** The thresholds that the document must meet. */
export function thresholdsOf({
  role,
  foundation,
  document,
}: CheckedPlan): readonly { readonly by: Progress['by']; readonly right: SigningRight }[] {
  const present = { by: 'present' as const, right: presentRight(role, foundation) };
  if (document.type !== 'root') return [present];
  return [present, { by: 'next', right: rightOf(document, 'root') }];
}

/** How many more signatures are needed at least, when one that counts for both thresholds is taken for both. */
export function missingOf(progress: readonly Progress[]): number {
  return Math.max(0, ...progress.map(({ missing }) => missing));
}

function holds(key: PublicKey, message: Uint8Array, sig: string): boolean {
  try {
    return verifySignature(key, message, fromHex(sig));
  } catch (error) {
    if (isRindError(error)) return false;
    throw error;
  }
}
