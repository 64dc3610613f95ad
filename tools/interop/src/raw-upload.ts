import { request as requestHttp } from 'node:http';
import type { IncomingMessage, RequestOptions } from 'node:http';
import { request as requestHttps } from 'node:https';
import { text } from 'node:stream/consumers';
import type { Distribution } from './fixtures.ts';

/** An upload as bytes on the wire, where a client's library hides the reason phrase or the order of things. */
export interface RawUpload {
  readonly url: string;
  readonly token: string;
  readonly fields: readonly (readonly [string, string])[];
  readonly filename: string;
  readonly bytes: Uint8Array;
  readonly accept?: string;
}

export interface RawAnswer {
  readonly status: number;
  readonly reason: string;
  /** The header `X-Rind-Error`. */
  readonly error: string | null;
  /** The header `Link`. */
  readonly link: string | null;
  readonly location: string | null;
  readonly body: string;
}

const boundary = '----rind-interop-boundary';
const timeoutMs = 60_000;

/** Sends a whole upload. */
export async function rawUpload(upload: RawUpload): Promise<RawAnswer> {
  const body = multipart(upload);
  const sent = requestTo(upload, body.length);
  const answer = answerTo(sent);
  sent.end(body);
  return answer;
}

/**
 * Announces a body of `announcedBytes` and sends none of it: only a server that decides from the headers answers.
 * Throws when there is no answer within `patienceMs`.
 */
export async function headersOnly(
  upload: Pick<RawUpload, 'url' | 'token'>,
  announcedBytes: number,
  patienceMs: number,
): Promise<RawAnswer> {
  const sent = requestTo(upload, announcedBytes);
  const late = setTimeout(
    () => sent.destroy(new Error(`no answer within ${patienceMs} ms without a body`)),
    patienceMs,
  );
  try {
    const answer = answerTo(sent);
    sent.flushHeaders();
    return await answer;
  } finally {
    clearTimeout(late);
    sent.destroy();
  }
}

/** The form fields that describe a file, as twine would fill them; the file itself is not looked into. */
export function fieldsOf(
  file: Pick<Distribution, 'filename' | 'sha256'>,
  project: { name: string; version: string },
): readonly (readonly [string, string])[] {
  const wheel = file.filename.endsWith('.whl');
  return [
    [':action', 'file_upload'],
    ['protocol_version', '1'],
    ['metadata_version', '2.1'],
    ['name', project.name],
    ['version', project.version],
    ['filetype', wheel ? 'bdist_wheel' : 'sdist'],
    ['pyversion', wheel ? 'py3' : 'source'],
    ['sha256_digest', file.sha256],
  ];
}

function requestTo(upload: Pick<RawUpload, 'url' | 'token' | 'accept'>, length: number) {
  const request = upload.url.startsWith('https:') ? requestHttps : requestHttp;
  return request(optionsOf(upload, length));
}

function optionsOf({ url, token, accept }: Pick<RawUpload, 'url' | 'token' | 'accept'>, length: number) {
  const { hostname, port, pathname } = new URL(url);
  return {
    host: hostname,
    port,
    path: pathname,
    method: 'POST',
    agent: false,
    timeout: timeoutMs,
    headers: {
      authorization: `Basic ${Buffer.from(`__token__:${token}`).toString('base64')}`,
      'content-type': `multipart/form-data; boundary=${boundary}`,
      'content-length': length,
      accept: accept ?? '*/*',
    },
  } satisfies RequestOptions;
}

function multipart({ fields, filename, bytes }: RawUpload): Buffer {
  const parts = fields.map(
    ([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  const disposition = `Content-Disposition: form-data; name="content"; filename="${filename}"`;
  const head = `${parts.join('')}--${boundary}\r\n${disposition}\r\nContent-Type: application/octet-stream\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), bytes, Buffer.from(`\r\n--${boundary}--\r\n`)]);
}

function answerTo(sent: ReturnType<typeof requestHttp>): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    sent.on('timeout', () => sent.destroy(new Error(`no answer within ${timeoutMs} ms`)));
    sent.on('error', reject);
    sent.on('response', (response: IncomingMessage) => {
      text(response).then(
        (body) =>
          resolve({
            status: response.statusCode ?? 0,
            reason: response.statusMessage ?? '',
            error: header(response, 'x-rind-error'),
            link: header(response, 'link'),
            location: header(response, 'location'),
            body,
          }),
        reject,
      );
    });
  });
}

function header(response: IncomingMessage, name: string): string | null {
  const value = response.headers[name];
  return typeof value === 'string' ? value : null;
}
