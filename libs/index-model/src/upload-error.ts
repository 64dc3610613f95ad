import { RindError } from '@rind/kernel';

/** What an uploader is answered; `field` is the form's or the metadata's name of what is wrong. */
interface Refusal {
  /** HTTP status. */
  readonly status: number;
  readonly field?: string;
}

interface UploadErrors {
  /** An `:action` that PyPI once had. */
  'upload.gone': Refusal;
  'upload.bad-action': Refusal;
  'upload.bad-protocol-version': Refusal;
  'upload.name-invalid': Refusal;
  'upload.filetype-invalid': Refusal;
  'upload.pyversion-invalid': Refusal;
  /** A digest in the form that is none. */
  'upload.digest-invalid': Refusal;
  'upload.digest-missing': Refusal;
  'upload.digest-mismatch': Refusal;
  /** A field that cannot be read: given twice, for example. */
  'upload.field-invalid': Refusal;
  'upload.metadata-version-invalid': Refusal;
  'upload.version-invalid': Refusal;
  'upload.local-version': Refusal;
  'upload.requires-python-invalid': Refusal;
  /** Any other core metadata. */
  'upload.metadata-invalid': Refusal;
  'upload.no-file': Refusal;
  'upload.bad-content-type': Refusal;
  'filename.invalid': Refusal;
  'filename.wrong-name': Refusal;
  'filename.wrong-version': Refusal;
  'filename.unsupported-platform': Refusal;
}

export type UploadErrorCode = keyof UploadErrors;

/** The message is the text that PyPI answers, and that publishing tools show or look at. */
export class UploadError<Code extends UploadErrorCode = UploadErrorCode> extends RindError<
  Code,
  UploadErrors[Code]
> {}
