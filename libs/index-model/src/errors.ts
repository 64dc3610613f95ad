import { RindError } from '@rind/kernel';

interface IndexModelErrors {
  'name.invalid': { name: string };
  /** Not a PEP 440 version. */
  'version.invalid': { version: string };
  /** Not a file name that an index can hold, or not one of a wheel or source distribution. */
  'filename.invalid': { filename: string };
  'filename.wrong-name': { filename: string; expected: string };
  'filename.wrong-version': { filename: string; expected: string };
  'filename.unsupported-platform': { filename: string; tag: string };
  /** Not a target path, object key or URL of this index. */
  'path.invalid': { path: string };
  /** Not a project page as this index signs it. */
  'page.malformed': { problem: string };
}

export type IndexModelErrorCode = keyof IndexModelErrors;

/** The message of a `filename.*` error is the text that an uploader reads. */
export class IndexModelError<Code extends IndexModelErrorCode = IndexModelErrorCode> extends RindError<
  Code,
  IndexModelErrors[Code]
> {}

interface GrantErrors {
  /** The pinned file of trusted keys is not one. */
  'grant-keys.invalid': { problem: string };
  'grant.malformed': { problem: string };
  /** Signed by a key that is not trusted, or by one that this build cannot check. */
  'grant.unknown-key': { keyid: string };
  'grant.bad-signature': { keyid: string };
  /** Issued for another repository. */
  'grant.wrong-repository': { repository: string };
  /** The key may not issue grants of this verb. */
  'grant.verb-not-allowed': { verb: string; issuer: string };
}

export type GrantErrorCode = keyof GrantErrors;

export class GrantError<Code extends GrantErrorCode = GrantErrorCode> extends RindError<
  Code,
  GrantErrors[Code]
> {}
