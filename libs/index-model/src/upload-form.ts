import { constantTimeEqual, utf8 } from '@rind/kernel';
import type { ProjectName } from '@rind/kernel';
import { IndexModelError } from './errors.ts';
import { checkFilenameMatches, checkFilenameShape } from './filename-match.ts';
import type { Distribution } from './filename.ts';
import { hasNameGrammar, maxProjectNameLength, normalizeName } from './project-name.ts';
import { pythonRepr } from './python-repr.ts';
import { UploadError } from './upload-error.ts';
import type { UploadErrorCode } from './upload-error.ts';
import { UploadFields } from './upload-fields.ts';
import type { FormFields } from './upload-fields.ts';
import { parseUploadMetadata } from './upload-metadata.ts';
import type { UploadMetadata } from './upload-metadata.ts';

/** What came in a request: the text fields, and what is known of the file beside them. */
export interface ReceivedUpload {
  readonly fields: FormFields;
  /** As sent; empty when there is no file. */
  readonly filename: string;
  /** Media type of the part that holds the file. */
  readonly contentType: string;
  /** Lower-case hex, computed from the file by whoever received it. */
  readonly digests: ComputedDigests;
}

export interface ComputedDigests {
  readonly md5: string;
  readonly sha256: string;
  /** BLAKE2b with a digest of 32 bytes. */
  readonly blake2b256: string;
}

export type Filetype = 'sdist' | 'bdist_wheel';

/** An upload whose form is in order and agrees with its file. */
export interface UploadForm extends Omit<UploadMetadata, 'version'> {
  readonly project: ProjectName;
  /** As its author writes it. */
  readonly name: string;
  /** PEP 440 normal form. */
  readonly version: string;
  readonly filetype: Filetype;
  /** `source` for source distributions. */
  readonly pyversion: string;
  readonly comment: string;
  readonly distribution: Distribution;
}

const GONE = ['submit', 'submit_pkg_info', 'doc_upload'];
const SEE_METADATA = 'See https://packaging.python.org/specifications/core-metadata for more information.';
const REQUIRED = 'This field is required.';
const HEX_256 = /^[0-9a-f]{64}$/i;

/**
 * The checks of an upload that need nothing but the request, in PyPI's order: action, protocol, form, core
 * metadata, file name, media type, digests, and whether name and version of the file are the form's.
 * @throws UploadError with the text that PyPI answers
 */
export function parseUploadForm(received: ReceivedUpload): UploadForm {
  const fields = new UploadFields(received.fields);
  const action = fields.first(':action');
  if (action !== undefined) checkUploadAction(action);
  if ((fields.first('protocol_version') ?? '1') !== '1') {
    throw refusal('upload.bad-protocol-version', 'Unknown protocol version.', 'protocol_version');
  }
  const name = checkName(fields.first('name') ?? '');
  const { filetype, pyversion } = checkFileFields(fields);
  const { version, ...metadata } = parseUploadMetadata(fields);
  const { filename, contentType } = received;
  if (filename === '') throw refusal('upload.no-file', 'Upload payload does not have a file.', 'content');
  translated(() => checkFilenameShape(filename, filetype));
  if (contentType === '' || /^image\//i.test(contentType)) {
    throw refusal('upload.bad-content-type', 'Invalid distribution file.', 'content');
  }
  checkDigests(fields, received.digests);
  const distribution = translated(() => checkFilenameMatches(filename, { name, version, filetype }));
  return {
    ...metadata,
    project: normalizeName(name),
    name,
    version: version.text,
    filetype,
    pyversion,
    comment: fields.first('comment') ?? '',
    distribution,
  };
}

/**
 * The `:action` of a request, from its form or its query.
 * @throws UploadError `upload.gone`, `upload.bad-action`
 */
export function checkUploadAction(action: string): void {
  if (action === 'file_upload') return;
  if (GONE.includes(action)) {
    const text = 'Project pre-registration is no longer required or supported, upload your files instead.';
    throw new UploadError('upload.gone', text, { status: 410, field: ':action' });
  }
  throw refusal('upload.bad-action', 'Unknown :action. Uploads use file_upload.', ':action');
}

function checkName(name: string): string {
  if (name === '') throw invalidName(name, REQUIRED);
  if (!hasNameGrammar(name)) {
    throw invalidName(
      name,
      "Start and end with a letter or numeral containing only ASCII numeric and '.', '_' and '-'.",
    );
  }
  if (name.length > maxProjectNameLength) {
    throw invalidName(name, `Use at most ${maxProjectNameLength} characters.`);
  }
  return name;
}

function invalidName(name: string, problem: string): UploadError {
  const shown = name.length > 60 ? `${name.slice(0, 30)}...${name.slice(-30)}` : name;
  const text = `${pythonRepr(shown)} is an invalid value for Name. Error: ${problem} ${SEE_METADATA}`;
  return refusal('upload.name-invalid', text, 'name');
}

/** Field by field in alphabetical order, then the combinations. */
function checkFileFields(fields: UploadFields): { filetype: Filetype; pyversion: string } {
  checkDigestField(fields, 'blake2_256_digest', 'Use a valid, hex-encoded, BLAKE2 message digest.');
  const filetype = fields.first('filetype') ?? '';
  if (filetype !== 'sdist' && filetype !== 'bdist_wheel') {
    const problem = filetype === '' ? REQUIRED : 'Use a known file type.';
    throw invalidField('upload.filetype-invalid', 'filetype', problem);
  }
  checkDigestField(fields, 'sha256_digest', 'Use a valid, hex-encoded, SHA256 message digest.');
  const pyversion = fields.first('pyversion') ?? '';
  if (filetype === 'bdist_wheel' && pyversion === '') {
    const problem = 'Python version is required for binary distribution uploads.';
    throw invalidField('upload.pyversion-invalid', 'pyversion', problem);
  }
  if (filetype === 'sdist' && pyversion !== '' && pyversion !== 'source') {
    throw invalidField(
      'upload.pyversion-invalid',
      'pyversion',
      "Use 'source' as Python version for an sdist.",
    );
  }
  if (DIGEST_FIELDS.every(([name]) => !fields.first(name))) {
    throw refusal('upload.digest-missing', 'Error: Include at least one message digest.');
  }
  return { filetype, pyversion: filetype === 'sdist' ? 'source' : pyversion };
}

function checkDigestField(fields: UploadFields, name: string, problem: string): void {
  const digest = fields.first(name) ?? '';
  if (digest.trim() !== '' && !HEX_256.test(digest))
    throw invalidField('upload.digest-invalid', name, problem);
}

const DIGEST_FIELDS = [
  ['md5_digest', 'md5'],
  ['sha256_digest', 'sha256'],
  ['blake2_256_digest', 'blake2b256'],
] as const;

/** Every digest that the form states must be the file's. */
function checkDigests(fields: UploadFields, computed: ComputedDigests): void {
  for (const [name, algorithm] of DIGEST_FIELDS) {
    const stated = fields.first(name);
    if (!stated || constantTimeEqual(utf8(stated.toLowerCase()), utf8(computed[algorithm]))) continue;
    throw refusal(
      'upload.digest-mismatch',
      'The digest supplied does not match a digest calculated from the uploaded file.',
      name,
    );
  }
}

function invalidField(code: UploadErrorCode, field: string, problem: string): UploadError {
  return refusal(code, `Invalid value for ${field}. Error: ${problem}`, field);
}

function refusal(code: UploadErrorCode, text: string, field?: string): UploadError {
  return new UploadError(code, text, { status: 400, ...(field === undefined ? {} : { field }) });
}

/** The file name's errors, as answers to the uploader. */
function translated<Result>(check: () => Result): Result {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof IndexModelError) || !error.code.startsWith('filename.')) throw error;
    const code = error.code as UploadErrorCode;
    throw new UploadError(code, error.message, { status: 400, field: 'content' }, { cause: error });
  }
}
