import type { JsonObject } from '@rind/kernel';
import { hashesIn, integerIn } from './field.ts';

/** What snapshot and timestamp say of another metadata file (TUF 1.0.34 §4.4). */
export interface MetaFile {
  /** At least 1. */
  readonly version: number;
  /** Bytes of the file as served. */
  readonly length?: number;
  /** Algorithm → lower-case hex digest of the file as served. */
  readonly hashes?: ReadonlyMap<string, string>;
}

export function readMetaFile(raw: JsonObject, path: string): MetaFile {
  const file: { version: number; length?: number; hashes?: ReadonlyMap<string, string> } = {
    version: integerIn(raw, 'version', path, 1),
  };
  if (raw['length'] !== undefined) file.length = integerIn(raw, 'length', path, 0);
  if (raw['hashes'] !== undefined) file.hashes = hashesIn(raw, 'hashes', path);
  return file;
}

export function metaFileObject(file: MetaFile): JsonObject {
  return {
    version: file.version,
    ...(file.length === undefined ? {} : { length: file.length }),
    ...(file.hashes === undefined ? {} : { hashes: Object.fromEntries(file.hashes) }),
  };
}
