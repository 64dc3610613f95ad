import type { JsonObject } from '@rind/kernel';
import { MetadataError } from './errors.ts';
import { objectIn } from './field.ts';
import { metaFileObject, readMetaFile } from './meta-file.ts';
import type { MetaFile } from './meta-file.ts';
import { readSigned, signedFields } from './signed.ts';
import type { Signed, SignedFields } from './signed.ts';

const SNAPSHOT = 'snapshot.json';

/** Timestamp: the current snapshot (TUF 1.0.34 §4.6). */
export interface Timestamp extends Signed<'timestamp'> {
  readonly snapshotMeta: MetaFile;
}

export function readTimestamp(raw: JsonObject): Timestamp {
  const meta = objectIn(raw, 'meta', 'signed');
  for (const entry in meta) {
    if (entry !== SNAPSHOT) {
      const field = 'signed.meta';
      throw new MetadataError('metadata.unexpected-entry', 'timestamp describes snapshot.json only', {
        field,
        entry,
      });
    }
  }
  const snapshotMeta = readMetaFile(objectIn(meta, SNAPSHOT, 'signed.meta'), `signed.meta.${SNAPSHOT}`);
  return { ...readSigned(raw, 'timestamp'), snapshotMeta };
}

/** A timestamp document to sign. */
export function timestampSigned(fields: SignedFields & { readonly snapshotMeta: MetaFile }): JsonObject {
  const signed = {
    ...signedFields('timestamp', fields),
    meta: { [SNAPSHOT]: metaFileObject(fields.snapshotMeta) },
  };
  return readTimestamp(signed).raw;
}
