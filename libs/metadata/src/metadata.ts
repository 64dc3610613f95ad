/**
 * The envelope of signatures around a role's document (TUF 1.0.34 §4.2.1).
 *
 * What was received stays what it was: `bytes` are verbatim, and signatures are checked over the canonical form of
 * the signed object as parsed, with every unknown field, whatever the layout of the file.
 */
import { canonicalBytes, parseJson } from '@rind/canonical-json';
import type { JsonObject, JsonValue, KeyId } from '@rind/kernel';
import { isRindError } from '@rind/kernel';
import { MetadataError } from './errors.ts';
import { arrayIn, objectAt, objectIn, stringIn } from './field.ts';
import { readRoot } from './root.ts';
import type { Root } from './root.ts';
import { roleTypes } from './signed.ts';
import type { RoleType, Signed } from './signed.ts';
import { readSnapshot } from './snapshot.ts';
import type { Snapshot } from './snapshot.ts';
import { readTargets } from './targets.ts';
import type { Targets } from './targets.ts';
import { readTimestamp } from './timestamp.ts';
import type { Timestamp } from './timestamp.ts';

/** One signature as listed; `sig` is hex when it is any good, which only verification finds out. */
export interface Signature {
  readonly keyid: KeyId;
  readonly sig: string;
}

export interface Metadata<S extends Signed = Signed> {
  readonly signed: S;
  /** No key id twice. */
  readonly signatures: readonly Signature[];
  /** The file, verbatim. */
  readonly bytes: Uint8Array;
  /** What the signatures are over: the canonical form of `signed.raw`; made once. */
  signedBytes(): Uint8Array;
}

/** Any role's document, told apart by `signed.type`. */
export type AnyMetadata = Metadata<Root> | Metadata<Timestamp> | Metadata<Snapshot> | Metadata<Targets>;

interface Envelope {
  readonly signed: JsonObject;
  readonly signatures: readonly Signature[];
}

/** `MetadataError` for anything that is not a root document; signatures are not verified. */
export function parseRoot(bytes: Uint8Array): Metadata<Root> {
  const envelope = readEnvelope(bytes);
  return metadata(bytes, envelope, readRoot(envelope.signed));
}

/** `MetadataError` for anything that is not a timestamp document; signatures are not verified. */
export function parseTimestamp(bytes: Uint8Array): Metadata<Timestamp> {
  const envelope = readEnvelope(bytes);
  return metadata(bytes, envelope, readTimestamp(envelope.signed));
}

/** `MetadataError` for anything that is not a snapshot document; signatures are not verified. */
export function parseSnapshot(bytes: Uint8Array): Metadata<Snapshot> {
  const envelope = readEnvelope(bytes);
  return metadata(bytes, envelope, readSnapshot(envelope.signed));
}

/** `MetadataError` for anything that is not a targets document, top-level or delegated; signatures are not verified. */
export function parseTargets(bytes: Uint8Array): Metadata<Targets> {
  const envelope = readEnvelope(bytes);
  return metadata(bytes, envelope, readTargets(envelope.signed));
}

/** Any of the four, by its `_type`. */
export function parseMetadata(bytes: Uint8Array): AnyMetadata {
  const envelope = readEnvelope(bytes);
  const type = stringIn(envelope.signed, '_type', 'signed');
  switch (type) {
    case 'root':
      return metadata(bytes, envelope, readRoot(envelope.signed));
    case 'timestamp':
      return metadata(bytes, envelope, readTimestamp(envelope.signed));
    case 'snapshot':
      return metadata(bytes, envelope, readSnapshot(envelope.signed));
    case 'targets':
      return metadata(bytes, envelope, readTargets(envelope.signed));
    default:
      throw new MetadataError('metadata.wrong-type', 'no role has this type', {
        expected: roleTypes.join('|'),
        found: type,
      });
  }
}

function metadata<S extends Signed<RoleType>>(bytes: Uint8Array, envelope: Envelope, signed: S): Metadata<S> {
  let canonical: Uint8Array | undefined;
  return {
    signed,
    signatures: envelope.signatures,
    bytes,
    signedBytes: () => (canonical ??= canonicalBytes(signed.raw)),
  };
}

function readEnvelope(bytes: Uint8Array): Envelope {
  const document = objectAt(readJson(bytes), 'metadata');
  const seen = new Set<string>();
  const signatures = arrayIn(document, 'signatures', 'metadata').map((entry, index) => {
    const at = `signatures[${index}]`;
    const signature = objectAt(entry, at);
    const keyid = stringIn(signature, 'keyid', at) as KeyId;
    if (seen.has(keyid)) {
      throw new MetadataError('metadata.duplicate-signature', 'two signatures carry one key id', { keyid });
    }
    seen.add(keyid);
    return { keyid, sig: stringIn(signature, 'sig', at) };
  });
  return { signed: objectIn(document, 'signed', 'metadata'), signatures };
}

function readJson(bytes: Uint8Array): JsonValue {
  try {
    return parseJson(bytes);
  } catch (cause) {
    if (!isRindError(cause)) throw cause;
    throw new MetadataError('metadata.not-json', 'not strict JSON', { problem: cause.code }, { cause });
  }
}
