import { RindError } from '@rind/kernel';

interface GateErrors {
  /** No credentials, or none that can be a token. */
  'token.missing': { status: 403 };
  /** Basic authentication with an account's name. */
  'token.password-login': { status: 403 };
  'upload.missing-slash': { status: 308 };
  /** Not multipart/form-data, broken, or beyond the bounds of a form. */
  'upload.malformed-form': { status: 400 };
  /** A text field that came with a file name, or `content` twice. */
  'upload.unexpected-file': { status: 400; field: string };
  /** The sender went silent or took too long. */
  'upload.too-slow': { status: 408 };
  /** The sender went away. */
  'upload.aborted': { status: 400 };
  /** Another request with the same token for one file brings the same file just now. */
  'upload.under-way': { status: 503; retryAfterSeconds: number };
  'file.too-large': { status: 400; maxBytes: number };
  /** No room for the file just now. */
  'spool.full': { status: 503; retryAfterSeconds: number };
  /** As many uploads as this process takes at one time. */
  'gate.busy': { status: 503; retryAfterSeconds: number };
  'auth.unavailable': { status: 503; retryAfterSeconds: number };
  /** The warehouse did not say yes or no; the upload is worth trying again. */
  'warehouse.unavailable': { status: 503; retryAfterSeconds: number };
}

export type GateErrorCode = keyof GateErrors;

/** A refusal of the gate's own. Its message is the text that twine and uv show. */
export class GateError<Code extends GateErrorCode = GateErrorCode> extends RindError<
  Code,
  GateErrors[Code]
> {}

/** A refusal by auth or the warehouse, passed on: their code, their text. */
export class PassedOnRefusal extends RindError<
  string,
  {
    status: number;
    retryAfterSeconds?: number;
    /** Of `token.used`: the token was used for this very file, under this grant. */
    grantId?: string;
  }
> {}
