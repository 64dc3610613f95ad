import { createHash } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import { token } from './gate-fixture.ts';

export type Field = readonly [name: string, value: string];

export interface UploadFile {
  readonly field?: string;
  readonly filename: string;
  readonly contentType?: string;
  readonly bytes: Uint8Array;
}

export interface Answer {
  readonly status: number;
  readonly reason: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const boundary = 'a-boundary-of-the-tests';

/** The fields that twine sends for a wheel, with the one digest that uv sends. */
export function wheelFields(
  bytes: Uint8Array,
  changes: Readonly<Record<string, string | undefined>> = {},
): Field[] {
  const fields: Record<string, string | undefined> = {
    ':action': 'file_upload',
    protocol_version: '1',
    metadata_version: '2.1',
    name: 'Demo.Project',
    version: '1.0',
    filetype: 'bdist_wheel',
    pyversion: 'py3',
    requires_python: '>=3.8',
    sha256_digest: createHash('sha256').update(bytes).digest('hex'),
    ...changes,
  };
  return Object.entries(fields).flatMap(([name, value]): Field[] =>
    value === undefined ? [] : [[name, value]],
  );
}

export const wheelName = 'demo_project-1.0-py3-none-any.whl';

/** A wheel's upload as multipart/form-data. */
export function multipart(fields: readonly Field[], files: readonly UploadFile[]): Buffer {
  const parts: Uint8Array[] = [];
  for (const [name, value] of fields) {
    parts.push(
      Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`),
    );
  }
  for (const { field = 'content', filename, contentType = 'application/octet-stream', bytes } of files) {
    const disposition = `Content-Disposition: form-data; name="${field}"; filename="${filename}"`;
    parts.push(Buffer.from(`--${boundary}\r\n${disposition}\r\nContent-Type: ${contentType}\r\n\r\n`), bytes);
    parts.push(Buffer.from('\r\n'));
  }
  return Buffer.concat([...parts, Buffer.from(`--${boundary}--\r\n`)]);
}

export function wheelBody(bytes: Uint8Array, changes?: Readonly<Record<string, string | undefined>>): Buffer {
  return multipart(wheelFields(bytes, changes), [{ filename: wheelName, bytes }]);
}

export interface PostOptions {
  readonly url: string;
  readonly body: Buffer | Readable;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly withToken?: string | null;
}

/** Sends a POST and resolves with the answer, which may come before the body is through. */
export function post({
  url,
  body,
  path = '/legacy/',
  headers = {},
  withToken = token,
}: PostOptions): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const basic = `Basic ${Buffer.from(`__token__:${withToken ?? ''}`).toString('base64')}`;
    const request = httpRequest(`${url}${path}`, {
      method: 'POST',
      agent: false,
      headers: {
        'Content-Type': `multipart/form-data; boundary=${boundary}`,
        ...(withToken === null ? {} : { Authorization: basic }),
        ...(body instanceof Readable ? {} : { 'Content-Length': String(body.length) }),
        ...headers,
      },
    });
    let answered = false;
    request.on('response', (response) => {
      answered = true;
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          reason: response.statusMessage ?? '',
          headers: response.headers,
          body: Buffer.concat(chunks).toString('utf8'),
        }),
      );
    });
    request.on('error', (error) => {
      if (!answered) reject(error);
    });
    if (body instanceof Readable) body.pipe(request);
    else request.end(body);
  });
}
