import { parseJson } from '@rind/canonical-json';
import type { PublicKey } from '@rind/crypto';
import { fromUtf8, isRindError, utf8 } from '@rind/kernel';
import type { JsonObject, JsonValue, KeyId } from '@rind/kernel';
import { CeremonyError } from './errors.ts';
import type { DetachedSignature } from './assembly.ts';
import { offlineRoles } from './offline-role.ts';
import type { OfflineRole } from './offline-role.ts';
import type { CeremonyPlan } from './plan.ts';

const planFormat = 'rind-ceremony-plan/1';
const signatureFormat = 'rind-ceremony-signature/1';

/** A plan of 16,384 explicit bins has twice 3 MB, and the roots. */
const maxPlanBytes = 64_000_000;
const maxSignatureBytes = 16_384;

/** JSON that travels by file: published metadata verbatim as strings, the new document as an object. */
export function serializePlan({ role, files, signed, joining }: CeremonyPlan): Uint8Array {
  const document = {
    format: planFormat,
    role,
    joining,
    signed,
    roots: files.roots.map(fromUtf8),
    ...(files.targets === undefined ? {} : { targets: fromUtf8(files.targets) }),
    ...(files.bins === undefined ? {} : { bins: fromUtf8(files.bins) }),
  };
  return utf8(`${JSON.stringify(document, null, 1)}\n`);
}

/** The form alone; `checkPlan` judges the content. `ceremony.bad-plan` for anything else. */
export function parsePlan(bytes: Uint8Array): CeremonyPlan {
  const bad = (problem: string) =>
    new CeremonyError('ceremony.bad-plan', `not a plan: ${problem}`, { problem });
  const raw = readObject(bytes, maxPlanBytes, bad);
  const role = raw['role'];
  if (raw['format'] !== planFormat) throw bad('format');
  if (!(offlineRoles as readonly unknown[]).includes(role)) throw bad('role');
  const { signed, roots, joining, targets, bins } = raw;
  if (!isObject(signed)) throw bad('signed');
  if (!Array.isArray(roots) || !roots.every((root) => typeof root === 'string')) throw bad('roots');
  if (!Array.isArray(joining) || !joining.every(isPublicKey)) throw bad('joining');
  for (const file of [targets, bins]) if (file !== undefined && typeof file !== 'string') throw bad('files');
  return {
    role: role as OfflineRole,
    signed,
    joining,
    files: {
      roots: (roots as readonly string[]).map(utf8),
      ...(typeof targets === 'string' ? { targets: utf8(targets) } : {}),
      ...(typeof bins === 'string' ? { bins: utf8(bins) } : {}),
    },
  };
}

/** One holder's signature, a file of its own: two holders never write the same one. */
export function serializeDetached(
  about: { readonly role: OfflineRole; readonly version: number },
  { keyid, sig, digest }: DetachedSignature,
): Uint8Array {
  const { role, version } = about;
  const document = { format: signatureFormat, role, version, sha256: digest, keyid, sig };
  return utf8(`${JSON.stringify(document, null, 1)}\n`);
}

/** `ceremony.bad-signature-file` for anything else; whether it signs is found out by `assemble`. */
export function parseDetached(bytes: Uint8Array): DetachedSignature {
  const bad = (problem: string) =>
    new CeremonyError('ceremony.bad-signature-file', `not a signature of a ceremony: ${problem}`, {
      problem,
    });
  const { format, sha256, keyid, sig } = readObject(bytes, maxSignatureBytes, bad);
  if (format !== signatureFormat) throw bad('format');
  if (typeof sha256 !== 'string') throw bad('sha256');
  if (typeof keyid !== 'string') throw bad('keyid');
  if (typeof sig !== 'string') throw bad('sig');
  return { keyid: keyid as KeyId, sig, digest: sha256 };
}

/** A public key as it stands in a `.pub.json` file; null for anything else. */
export function parsePublicKey(bytes: Uint8Array): PublicKey | null {
  try {
    const raw = parseJson(bytes, { maxBytes: maxSignatureBytes });
    return isPublicKey(raw) ? raw : null;
  } catch (error) {
    if (isRindError(error)) return null;
    throw error;
  }
}

function isPublicKey(value: JsonValue): value is JsonObject & PublicKey {
  if (!isObject(value) || !isObject(value['keyval'])) return false;
  const texts = [value['keytype'], value['scheme'], value['keyval']['public']];
  return texts.every((text) => typeof text === 'string');
}

function readObject(
  bytes: Uint8Array,
  maxBytes: number,
  bad: (problem: string) => CeremonyError,
): JsonObject {
  let value: JsonValue;
  try {
    value = parseJson(bytes, { maxBytes });
  } catch (error) {
    if (!isRindError(error)) throw error;
    throw bad(error.code);
  }
  if (!isObject(value)) throw bad('not an object');
  return value;
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
