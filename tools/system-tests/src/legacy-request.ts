import { request as requestHttp } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { request as requestHttps } from 'node:https';
import { hashHex } from '@rind/crypto';
import { sdist } from './uploads.ts';

/** An answer with its reason phrase, which `fetch` hides and twine shows. */
export interface RawAnswer {
  readonly status: number;
  readonly reason: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface UploadFormParts {
  readonly fields: Readonly<Record<string, string>>;
  readonly file: { readonly filename: string; readonly bytes: Uint8Array } | null;
}

export interface RawRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly form?: UploadFormParts;
}

const boundary = 'rind-system-test-boundary';

/** The form that every client sends, with what a test wants otherwise. */
export function uploadForm(
  project: string,
  version: string,
  change: {
    readonly fields?: Readonly<Record<string, string>>;
    readonly file?: UploadFormParts['file'];
  } = {},
): UploadFormParts {
  const file = change.file === undefined ? sdist(project, version) : change.file;
  return {
    fields: {
      ':action': 'file_upload',
      protocol_version: '1',
      metadata_version: '2.1',
      name: project,
      version,
      filetype: 'sdist',
      pyversion: 'source',
      sha256_digest: hashHex('sha256', file?.bytes ?? new Uint8Array()),
      ...change.fields,
    },
    file,
  };
}

export function basic(user: string, password: string): string {
  return `Basic ${btoa(`${user}:${password}`)}`;
}

export function multipart({ fields, file }: UploadFormParts): Buffer {
  const part = (about: string): string => `--${boundary}\r\nContent-Disposition: form-data; ${about}`;
  const texts = Object.entries(fields).map(
    ([name, value]) => `${part(`name="${name}"`)}\r\n\r\n${value}\r\n`,
  );
  const content =
    file === null
      ? []
      : [
          `${part(`name="content"; filename="${file.filename}"`)}\r\nContent-Type: application/octet-stream\r\n\r\n`,
          file.bytes,
          '\r\n',
        ];
  return Buffer.concat([...texts, ...content, `--${boundary}--\r\n`].map((piece) => Buffer.from(piece)));
}

export const multipartType = `multipart/form-data; boundary=${boundary}`;

export function send(
  url: string,
  { method = 'POST', headers = {}, form }: RawRequest = {},
): Promise<RawAnswer> {
  const body = form === undefined ? undefined : multipart(form);
  const request = url.startsWith('https:') ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const outgoing = request(url, {
      // A kept connection may be closed by the other side at this very moment.
      agent: false,
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': multipartType, 'content-length': body.length }),
        ...headers,
      },
    });
    outgoing.once('error', reject);
    outgoing.once('response', (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      answer.once('error', reject);
      answer.once('end', () =>
        resolve({
          status: answer.statusCode ?? 0,
          reason: answer.statusMessage ?? '',
          headers: answer.headers,
          body: text,
        }),
      );
    });
    outgoing.end(body);
  });
}
