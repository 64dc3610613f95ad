import { RindError } from '@rind/kernel';

interface MetadataErrors {
  /** The bytes are not strict JSON; `cause` is the parser's own error, `problem` its code. */
  'metadata.not-json': { problem: string };
  /** A field is missing or not of the form the specification gives it. `field` is a path such as `signed.meta.targets.json.version`. */
  'metadata.syntax': { field: string; expected: string };
  /** `_type` is another than the caller asked for, or none that exists. */
  'metadata.wrong-type': { expected: string; found: string };
  /** Not an existing moment written as `YYYY-MM-DDTHH:MM:SSZ` (TUF 1.0.34 §4.2.3). */
  'metadata.bad-date': { field: string };
  /** The major version is not 1, or the text is no version. */
  'metadata.unsupported-spec-version': { specVersion: string };
  /** Two signatures carry one key id (TUF 1.0.34 §4.2.1). */
  'metadata.duplicate-signature': { keyid: string };
  /** A role names a key id twice. */
  'metadata.duplicate-key-id': { field: string; keyid: string };
  /** Two delegations have one name (TUF 1.0.34 §4.5). */
  'metadata.duplicate-role': { name: string };
  /** Empty, or the name of a top-level role. */
  'metadata.bad-role-name': { name: string };
  /** Root lists a role that is none of the four. */
  'metadata.unknown-role': { name: string };
  /** A delegation is described in two ways at once, or in none. */
  'metadata.ambiguous-delegation': { field: string; fields: readonly string[] };
  /** Timestamp describes something besides `snapshot.json` (TUF 1.0.34 §4.6). */
  'metadata.unexpected-entry': { field: string; entry: string };
}

export type MetadataErrorCode = keyof MetadataErrors;

/** Why bytes are not TUF metadata, or why a document to be signed would not be. */
export class MetadataError<Code extends MetadataErrorCode = MetadataErrorCode> extends RindError<
  Code,
  MetadataErrors[Code]
> {}
