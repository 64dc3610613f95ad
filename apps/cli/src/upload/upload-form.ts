import { hashHex } from '@rind/crypto';
import { metadataFields } from '@rind/index-model';
import type { Distribution } from '@rind/index-model';
import { concatBytes, toHex, utf8 } from '@rind/kernel';
import type { Randomness } from '@rind/kernel';
import type { CoreMetadata } from './core-metadata.ts';

export type Fields = readonly (readonly [name: string, value: string])[];

/** The form of an upload as publishing tools send it: what the file says of itself, and its digests. */
export function uploadFields(
  distribution: Distribution,
  { headers, body }: CoreMetadata,
  bytes: Uint8Array,
): Fields {
  const wheel = distribution.kind === 'wheel';
  const fields: [string, string][] = [
    [':action', 'file_upload'],
    ['protocol_version', '1'],
    ['filetype', wheel ? 'bdist_wheel' : 'sdist'],
    ['pyversion', wheel ? distribution.pythonTags.join('.') : 'source'],
    ['sha256_digest', hashHex('sha256', bytes)],
    ['blake2_256_digest', hashHex('blake2b-256', bytes)],
  ];
  for (const { name, form } of metadataFields) {
    const values = headers.filter(([header]) => header === name).map(([, value]) => value);
    if (name === 'description' && body.trim() !== '') values.splice(0, values.length, body);
    fields.push(...values.map((value): [string, string] => [form, value]));
  }
  return fields;
}

export interface MultipartForm {
  readonly contentType: string;
  readonly body: Uint8Array<ArrayBuffer>;
}

/**
 * `multipart/form-data` with every value byte for byte: `FormData` would turn the line ends of a description.
 * @param filename only letters, digits and `._+!-`
 */
export function multipartForm(
  fields: Fields,
  filename: string,
  bytes: Uint8Array,
  randomness: Randomness,
): MultipartForm {
  const boundary = `rind-${toHex(randomness.bytes(24))}`;
  const parts = fields.map(
    ([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  const disposition = `Content-Disposition: form-data; name="content"; filename="${filename}"`;
  const head = `${parts.join('')}--${boundary}\r\n${disposition}\r\nContent-Type: application/octet-stream\r\n\r\n`;
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    body: new Uint8Array(concatBytes(utf8(head), bytes, utf8(`\r\n--${boundary}--\r\n`))),
  };
}
