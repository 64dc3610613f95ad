import { normalizeLicenseExpression } from './license-expression.ts';
import { metadataFields } from './metadata-field.ts';
import type { MetadataField } from './metadata-field.ts';
import { metadataProblems } from './metadata-rules.ts';
import type { MetadataProblem, MetadataValues } from './metadata-rules.ts';
import { normalizeSpecifierSet } from './specifier.ts';
import { UploadError } from './upload-error.ts';
import type { UploadErrorCode } from './upload-error.ts';
import type { UploadFields } from './upload-fields.ts';
import { parseVersion } from './version.ts';
import type { Version } from './version.ts';

/** Core metadata as the form states it, as far as the rest of an upload depends on it. */
export interface UploadMetadata {
  readonly metadataVersion: string;
  readonly version: Version;
  readonly summary: string | null;
  /** Normalised set of version specifiers; null when none is given. */
  readonly requiresPython: string | null;
  /** As written; null when there is none. */
  readonly description: string | null;
  /** As written; null leaves it to the default, reStructuredText. */
  readonly descriptionContentType: string | null;
  /** Normalised (PEP 639); null when none is given. */
  readonly licenseExpression: string | null;
}

const SEE_METADATA = 'https://packaging.python.org/specifications/core-metadata';
const SEE_LOCAL_VERSIONS =
  'https://packaging.python.org/en/latest/specifications/version-specifiers/#local-version-identifiers';

/** What is reported first whatever else is wrong: the rest may follow from it. */
const FIRST_REPORTED = ['metadata-version', 'name', 'version'];

const CODES: Readonly<Record<string, UploadErrorCode>> = {
  'metadata-version': 'upload.metadata-version-invalid',
  name: 'upload.name-invalid',
  version: 'upload.version-invalid',
  'requires-python': 'upload.requires-python-invalid',
};

/**
 * Core metadata out of an upload form: it is never read from the file.
 * @throws UploadError `upload.field-invalid`, `upload.metadata-version-invalid`, `upload.name-invalid`,
 *   `upload.version-invalid`, `upload.local-version`, `upload.requires-python-invalid`, `upload.metadata-invalid`
 */
export function parseUploadMetadata(fields: UploadFields): UploadMetadata {
  const values = readValues(fields);
  for (const round of metadataProblems(values)) {
    const problem = mostImportant(round);
    if (problem !== undefined) throw refusal(problem);
  }
  const requiresPython = normalizeSpecifierSet(values.get('requires-python')?.[0] ?? '');
  return {
    metadataVersion: values.get('metadata-version')![0]!,
    version: parseVersion(values.get('version')![0]!),
    summary: values.get('summary')?.[0] ?? null,
    requiresPython: requiresPython === '' ? null : requiresPython,
    description: values.get('description')?.[0] ?? null,
    descriptionContentType: values.get('description-content-type')?.[0] ?? null,
    licenseExpression: normalizeLicenseExpression(values.get('license-expression')?.[0] ?? ''),
  };
}

/** By metadata name. A field that takes one value and has more cannot be read. */
function readValues(fields: UploadFields): MetadataValues {
  const values = new Map<string, readonly string[]>();
  const unreadable: string[] = [];
  for (const field of metadataFields) {
    const given = fields.all(field.form);
    if (given.length === 0) continue;
    if (isUnreadable(field, given)) unreadable.push(field.form);
    values.set(field.name, given);
  }
  const form = unreadable.sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))[0];
  if (form !== undefined) {
    throw new UploadError('upload.field-invalid', `'${form}' has invalid data. ${see(SEE_METADATA)}`, {
      status: 400,
      field: form,
    });
  }
  return values;
}

function isUnreadable({ name, multiple }: MetadataField, given: readonly string[]): boolean {
  if (name !== 'project-url') return !multiple && given.length > 1;
  const labels = given.map((pair) => pair.split(',')[0]!.trim());
  return new Set(labels).size < labels.length;
}

function mostImportant(problems: readonly MetadataProblem[]): MetadataProblem | undefined {
  return problems.toSorted(
    (a, b) => rank(a.field) - rank(b.field) || (a.field === b.field ? 0 : a.field < b.field ? -1 : 1),
  )[0];
}

function rank(field: string): number {
  const at = FIRST_REPORTED.indexOf(field);
  return at < 0 ? FIRST_REPORTED.length : at;
}

function refusal({ field, text, localVersion = false }: MetadataProblem): UploadError {
  const code = localVersion ? 'upload.local-version' : (CODES[field] ?? 'upload.metadata-invalid');
  const sentence = text.endsWith('.') ? text : `${text}.`;
  const message = `${sentence} ${see(localVersion ? SEE_LOCAL_VERSIONS : SEE_METADATA)}`;
  return new UploadError(code, message, { status: 400, field });
}

function see(url: string): string {
  return `See ${url} for more information.`;
}
