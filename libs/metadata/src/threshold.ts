import { CryptoError, verifySignature } from '@rind/crypto';
import type { PublicKey } from '@rind/crypto';
import type { KeyId } from '@rind/kernel';
import { fromHex } from '@rind/kernel';
import type { KeyMap } from './key-map.ts';
import type { Metadata } from './metadata.ts';
import type { RoleKeys } from './role-keys.ts';

const HEX = /^(?:[0-9a-f]{2})+$/i;

/** Who signed, and whether they are enough. */
export interface ThresholdResult {
  /** One id per key that signed, in the role's order. */
  readonly valid: readonly KeyId[];
  readonly threshold: number;
  readonly ok: boolean;
}

/**
 * Counts the keys of `role` with a valid signature (TUF 1.0.34 §5.3.4). Keys are counted, not ids: a public key that
 * a delegator lists under two ids counts once. A key of unknown type, a missing key and a malformed signature count
 * for nothing; they never throw.
 */
export function verifyThreshold(
  metadata: Pick<Metadata, 'signatures' | 'signedBytes'>,
  role: RoleKeys,
  keys: KeyMap,
): ThresholdResult {
  const signatures = new Map(metadata.signatures.map(({ keyid, sig }) => [keyid, sig]));
  const counted = new Set<string>();
  const valid: KeyId[] = [];
  for (const keyid of role.keyIds) {
    const key = keys.get(keyid);
    const sig = signatures.get(keyid);
    if (key === undefined || sig === undefined || !HEX.test(sig)) continue;
    const identity = publicIdentity(key);
    if (counted.has(identity) || !signatureHolds(key, metadata.signedBytes(), fromHex(sig.toLowerCase())))
      continue;
    counted.add(identity);
    valid.push(keyid);
  }
  return { valid, threshold: role.threshold, ok: valid.length >= role.threshold };
}

/** The public value without what can be written in two ways: white space in PEM, the case of hex. */
function publicIdentity(key: PublicKey): string {
  const value = key.keyval.public.replace(/\s+/g, '');
  return value.startsWith('-----') ? value : value.toLowerCase();
}

function signatureHolds(key: PublicKey, message: Uint8Array, signature: Uint8Array): boolean {
  try {
    return verifySignature(key, message, signature);
  } catch (error) {
    if (error instanceof CryptoError) return false;
    throw error;
  }
}
