import type { JsonObject } from '@rind/kernel';
import { hashesIn, integerIn, objectIn } from './field.ts';

/** What a targets role says of one file (TUF 1.0.34 §4.5). */
export interface TargetFile {
  /** Bytes. */
  readonly length: number;
  /** Algorithm → lower-case hex digest, in the order of the document. */
  readonly hashes: ReadonlyMap<string, string>;
  /** Opaque to TUF. */
  readonly custom?: JsonObject;
  /** The entry as parsed, unknown fields included. */
  readonly raw: JsonObject;
}

export function readTargetFile(raw: JsonObject, path: string): TargetFile {
  const length = integerIn(raw, 'length', path, 0);
  const hashes = hashesIn(raw, 'hashes', path);
  if (raw['custom'] === undefined) return { length, hashes, raw };
  return { length, hashes, custom: objectIn(raw, 'custom', path), raw };
}

/** A file to list: a new one, or one read from an earlier document, whose entry is then kept as it is. */
export type ListedTargetFile = Omit<TargetFile, 'raw'> & { readonly raw?: JsonObject };

/** The entry for a file; an empty `custom` is left out, since some clients drop it and break the signature. */
export function targetFileObject(file: ListedTargetFile): JsonObject {
  if (file.raw !== undefined) return file.raw;
  const { length, hashes, custom } = file;
  return {
    length,
    hashes: Object.fromEntries(hashes),
    ...(custom === undefined || Object.keys(custom).length === 0 ? {} : { custom }),
  };
}
