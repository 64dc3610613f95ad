import type { JsonObject } from '@rind/kernel';
import { objectIn } from './field.ts';
import { metaFileObject, readMetaFile } from './meta-file.ts';
import type { MetaFile } from './meta-file.ts';
import { readSigned, signedFields } from './signed.ts';
import type { Signed, SignedFields } from './signed.ts';

/** Snapshot: the version of every targets role (TUF 1.0.34 §4.4). */
export interface Snapshot extends Signed<'snapshot'> {
  /** By file name without version: `targets.json`, `bin-0a3f.json`. */
  readonly meta: ReadonlyMap<string, MetaFile>;
}

export function readSnapshot(raw: JsonObject): Snapshot {
  const listed = objectIn(raw, 'meta', 'signed');
  const meta = new Map<string, MetaFile>();
  for (const name in listed) {
    meta.set(name, readMetaFile(objectIn(listed, name, 'signed.meta'), `signed.meta.${name}`));
  }
  return { ...readSigned(raw, 'snapshot'), meta };
}

/** A snapshot document to sign. */
export function snapshotSigned(
  fields: SignedFields & { readonly meta: ReadonlyMap<string, MetaFile> },
): JsonObject {
  const meta = Object.create(null) as Record<string, JsonObject>;
  for (const [name, file] of fields.meta) meta[name] = metaFileObject(file);
  return readSnapshot({ ...signedFields('snapshot', fields), meta }).raw;
}
