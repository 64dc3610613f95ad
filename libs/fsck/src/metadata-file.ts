import { isCanonical } from '@rind/canonical-json';
import { isRindError } from '@rind/kernel';
import { MetadataError } from '@rind/metadata';
import type { MetaFile, Metadata, Signed } from '@rind/metadata';
import type { Audit } from './audit.ts';
import { digestMismatch } from './digests.ts';
import type { Place } from './report.ts';

/** A metadata file to read. */
export interface Expected<S extends Signed> {
  readonly role: string;
  /** The version that the name of the file or the role above it states; null where neither does. */
  readonly version: number | null;
  readonly path: string;
  readonly maxBytes: number;
  readonly parse: (bytes: Uint8Array) => Metadata<S>;
  /** What the role above says of the file. */
  readonly listed?: MetaFile;
}

/** Reads a file that must be there and reports what is wrong with it; null when there is no document in it. */
export async function readMetadata<S extends Signed>(
  audit: Audit,
  expected: Expected<S>,
): Promise<Metadata<S> | null> {
  const bytes = await audit.reader.get(expected.path, expected.maxBytes);
  if (bytes === null) {
    audit.report.add('fsck.missing', expected);
    return null;
  }
  return examineBytes(audit, expected, bytes);
}

/** The same for what was read already. */
export function examineBytes<S extends Signed>(
  { report }: Audit,
  expected: Expected<S>,
  bytes: Uint8Array | 'too-large',
): Metadata<S> | null {
  const { listed, version, maxBytes } = expected;
  const place: Place = { role: expected.role, version, path: expected.path };
  if (bytes === 'too-large') {
    report.add('fsck.too-large', place, { maxBytes });
    return null;
  }
  if (listed?.length !== undefined && listed.length !== bytes.length) {
    report.add('fsck.length', place, { expected: listed.length, found: bytes.length });
  }
  if (listed?.hashes !== undefined) {
    const mismatch = digestMismatch(listed.hashes, bytes);
    if (mismatch === 'unsupported') {
      report.add('fsck.unsupported-hash', place, { algorithms: [...listed.hashes.keys()] });
    } else if (mismatch !== null) {
      report.add('fsck.hash', place, { ...mismatch });
    }
  }
  try {
    const metadata = expected.parse(bytes);
    const found = metadata.signed.version;
    if (version !== null && found !== version)
      report.add('fsck.version', place, { expected: version, found });
    if (!isCanonical(bytes)) report.add('fsck.not-canonical', place);
    return metadata;
  } catch (error) {
    if (!isRindError(error)) throw error;
    const duplicate = error instanceof MetadataError && isRindError(error.cause, 'json.duplicate-key');
    const detail = { reason: error.code, ...error.details };
    report.add(duplicate ? 'fsck.duplicate-key' : 'fsck.malformed', place, detail);
    return null;
  }
}

/** `metadata/7.snapshot.json`, or `metadata/snapshot.json` where `version` is null (TUF 1.0.34 §6.2). */
export function metadataPath(role: string, version: number | null): string {
  return version === null ? `metadata/${role}.json` : `metadata/${version}.${role}.json`;
}
