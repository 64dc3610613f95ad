import { canonicalBytes } from '@rind/canonical-json';
import { hashHex } from '@rind/crypto';
import type { JsonObject } from '@rind/kernel';
import { joinMetadata } from '@rind/metadata';
import type { MetaFile } from '@rind/metadata';
import type { TestKey } from './test-key.ts';

/** What an attacker does to the next version of a role. */
export interface Forgery {
  /** Changes the document before it is signed. */
  readonly change?: (signed: JsonObject) => JsonObject;
  /** Replaces signing: the file to serve. */
  readonly sign?: (signed: JsonObject) => Uint8Array;
}

export interface Published {
  readonly version: number;
  readonly bytes: Uint8Array;
  /** Below the base URL, e.g. `metadata/3.snapshot.json`. */
  readonly path: string;
}

/** The file of a document with one signature by each key. */
export function signedBy(signed: JsonObject, signers: readonly TestKey[]): Uint8Array {
  const message = canonicalBytes(signed);
  return joinMetadata(
    message,
    signers.map((signer) => signer.sign(message)),
  );
}

/** What snapshot and timestamp may say of a file. */
export function describe({ version, bytes }: Published): MetaFile {
  return { version, length: bytes.length, hashes: new Map([['sha256', hashHex('sha256', bytes)]]) };
}
