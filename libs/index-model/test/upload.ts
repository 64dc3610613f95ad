import { hashHex } from '@rind/crypto';
import { utf8 } from '@rind/kernel';
import { expect } from 'vitest';
import type { FormFields } from '../src/upload-fields.ts';
import { parseUploadForm } from '../src/upload-form.ts';

const content = utf8('a wheel');
export const digests = {
  md5: hashHex('md5', content),
  sha256: hashHex('sha256', content),
  blake2b256: hashHex('blake2b-256', content),
};
export const seeMetadata =
  'See https://packaging.python.org/specifications/core-metadata for more information.';
export const seeLocal =
  'See https://packaging.python.org/en/latest/specifications/version-specifiers/#local-version-identifiers for more information.';

export type Values = Record<string, string | readonly string[] | undefined>;

export const wheel: Values = {
  ':action': 'file_upload',
  protocol_version: '1',
  name: 'Foo.Bar',
  version: '1.0',
  filetype: 'bdist_wheel',
  pyversion: 'py3',
  metadata_version: '2.4',
  sha256_digest: digests.sha256,
};
export const sdist: Values = { ...wheel, filetype: 'sdist', pyversion: '' };
export const wheelName = 'foo_bar-1.0-py3-none-any.whl';
export const sdistName = 'foo_bar-1.0.tar.gz';

export function fieldsOf(values: Values): FormFields {
  return Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [value].flat().map((one) => [name, one as string] as const),
  );
}

export function upload(changes: Values = {}, file: { filename?: string; contentType?: string } = {}) {
  const fields = fieldsOf({ ...wheel, ...changes });
  return () =>
    parseUploadForm({
      fields,
      filename: wheelName,
      contentType: 'application/octet-stream',
      digests,
      ...file,
    });
}

export function refused(code: string, message?: unknown, status = 400) {
  return expect.objectContaining({
    code,
    details: expect.objectContaining({ status }) as unknown,
    ...(message === undefined ? {} : { message }),
  });
}
