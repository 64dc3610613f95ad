import { isSupportedKey, keyIdOf } from '@rind/crypto';
import type { PublicKey } from '@rind/crypto';
import type { KeyId } from '@rind/kernel';
import { verifyThreshold } from '@rind/metadata';
import type { KeyMap, Metadata, RoleKeys } from '@rind/metadata';
import type { Audit } from './audit.ts';
import type { Place } from './report.ts';

/** Who may sign for a role, as one role above it says. */
export interface Delegator {
  /** Its name; for root its version too. */
  readonly by: string;
  readonly role: RoleKeys;
  readonly keys: KeyMap;
}

const LOWER_HEX = /^(?:[0-9a-f]{2})+$/;

/**
 * Judges every signature of a document by everyone who delegates to its role (TUF 1.0.34 §5.3.4): each threshold
 * must be met. A signature that is nobody's or does not hold is reported even where the others are enough.
 * @returns true when every threshold is met
 */
export function checkSignatures(
  { report }: Audit,
  place: Place,
  metadata: Pick<Metadata, 'signatures' | 'signedBytes'>,
  delegators: readonly Delegator[],
): boolean {
  const valid = new Set<KeyId>();
  let ok = true;
  for (const { by, role, keys } of delegators) {
    const result = verifyThreshold(metadata, role, keys);
    for (const keyid of result.valid) valid.add(keyid);
    if (result.ok) continue;
    ok = false;
    report.add('fsck.threshold', place, { by, threshold: result.threshold, valid: result.valid.length });
  }
  report.checked.signatures += valid.size;
  for (const { keyid, sig } of metadata.signatures) {
    const key = keyFor(keyid, delegators);
    if (key === null) {
      report.add('fsck.unknown-signer', place, { keyid });
    } else if (valid.has(keyid)) {
      // Some clients take upper-case hex and some refuse it: they would disagree on the threshold.
      if (!LOWER_HEX.test(sig)) report.add('fsck.signature-form', place, { keyid });
    } else if (sig === '') {
      report.add('fsck.empty-signature', place, { keyid });
    } else if (isSupportedKey(key)) {
      report.add(isDoubled(key, valid, delegators) ? 'fsck.doubled-key' : 'fsck.bad-signature', place, {
        keyid,
      });
    }
  }
  return ok;
}

/** Reports keys that a delegator names and that cannot do what they are named for. */
export function checkKeys(
  { report }: Audit,
  place: Place,
  keys: KeyMap,
  roles: readonly (RoleKeys & { readonly name: string })[],
): void {
  for (const [keyid, key] of keys) {
    if (!isSupportedKey(key)) {
      report.add('fsck.unsupported-key', place, { keyid, keytype: key.keytype, scheme: key.scheme });
    }
    if (keyIdOf(key) !== keyid) report.add('fsck.key-id', place, { keyid });
  }
  const absent = new Map<string, string>();
  for (const { name, keyIds } of roles) {
    for (const keyid of keyIds) if (!keys.has(keyid) && !absent.has(keyid)) absent.set(keyid, name);
  }
  for (const [keyid, name] of absent) report.add('fsck.absent-key', place, { keyid, for: name });
}

function keyFor(keyid: KeyId, delegators: readonly Delegator[]): PublicKey | null {
  for (const { role, keys } of delegators) {
    const key = role.keyIds.includes(keyid) ? keys.get(keyid) : undefined;
    if (key !== undefined) return key;
  }
  return null;
}

/** A signature that was not counted because its key was, under another id. */
function isDoubled(key: PublicKey, valid: ReadonlySet<KeyId>, delegators: readonly Delegator[]): boolean {
  const value = key.keyval.public.trim().toLowerCase();
  return [...valid].some((id) => keyFor(id, delegators)?.keyval.public.trim().toLowerCase() === value);
}
