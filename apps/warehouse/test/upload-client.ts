import { request } from 'node:http';
import type { ClientRequest, IncomingHttpHeaders } from 'node:http';
import { ed25519FromSeed, ed25519PublicKey, ed25519Sign, hashHex, keyIdOf } from '@rind/crypto';
import { grantMessage, normalizeName, serializeSignedGrant, uploadTime } from '@rind/index-model';
import type { Grant, SignedGrant } from '@rind/index-model';
import { concatBytes, fromUtf8, systemRandomness, toHex, utf8, uuidV4 } from '@rind/kernel';
import { sdistBytes, wheelBytes } from '@rind/testkit';
import { authSeed, gateSecret, repository } from './warehouse-fixture.ts';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Uint8Array;
  text(): string;
  json(): Record<string, unknown>;
}

/** A request on a connection of its own, whose answer may come before the body was sent. */
export function send(
  url: string,
  options: { method?: string; headers?: Record<string, string | number>; body?: Uint8Array } = {},
): Promise<Answer> {
  const call = request(url, {
    method: options.method ?? 'GET',
    headers: options.headers ?? {},
    agent: false,
  });
  const answer = answerOf(call);
  call.end(options.body);
  return answer;
}

/** An upload of which the first bytes are sent at once, and the rest when `finish` is called. */
export function sendInTwo(
  url: string,
  body: Uint8Array,
  first: number,
): { answer: Promise<Answer>; finish: () => void } {
  const headers = { ...uploadHeaders, 'Content-Length': body.length };
  const call = request(url, { method: 'POST', headers, agent: false });
  call.write(body.subarray(0, first));
  return { answer: answerOf(call), finish: () => void call.end(body.subarray(first)) };
}

function answerOf(call: ClientRequest): Promise<Answer> {
  return new Promise((resolve, reject) => {
    call.on('error', reject);
    call.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const body = new Uint8Array(Buffer.concat(chunks));
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body,
          text: () => fromUtf8(body),
          json: () => JSON.parse(fromUtf8(body)) as Record<string, unknown>,
        });
      });
    });
  });
}

const uploadHeaders = {
  Authorization: `Bearer ${gateSecret}`,
  'Content-Type': 'application/vnd.rind.upload',
};

/** What an upload is about; everything else follows from it. */
export interface Wanted {
  readonly project?: string;
  readonly version?: string;
  readonly filename?: string;
  /** What is in the archive that is made. */
  readonly content?: string | Uint8Array;
  /** The file itself, in place of an archive that is made. */
  readonly bytes?: Uint8Array;
  readonly fields?: readonly (readonly [string, string])[];
  readonly requiresPython?: string;
  /** 2.1 otherwise. */
  readonly metadataVersion?: string;
  /** Changes to the grant before it is signed. */
  readonly grant?: Partial<Grant>;
  readonly seed?: Uint8Array;
  /** Changes to the header after everything else. */
  readonly header?: Record<string, unknown>;
  /** Sent instead of the file. */
  readonly sent?: Uint8Array;
}

let lastSeq = 1_700_000_000_000_000;

export function signGrant(fields: Partial<Grant>, seed: Uint8Array, nowMs: number): SignedGrant {
  const iat = Math.floor(nowMs / 1_000);
  const base = {
    v: 1,
    repository,
    id: uuidV4(systemRandomness),
    seq: ++lastSeq,
    actor: 'alice',
    how: 'token:1',
    iat,
    exp: iat + 604_800,
  };
  const grant = { ...base, ...fields } as Grant;
  const key = ed25519PublicKey(ed25519FromSeed(seed).publicKey);
  return { grant, keyid: keyIdOf(key), sig: toHex(ed25519Sign(seed, grantMessage(grant))) };
}

/** An upload as the gate sends it. */
export function upload(
  wanted: Wanted,
  nowMs: number,
): { body: Uint8Array; signed: SignedGrant; filename: string; sha256: string; bytes: Uint8Array } {
  const project = wanted.project ?? 'demo';
  const version = wanted.version ?? '1.0';
  const filename = wanted.filename ?? `${normalizeName(project).replaceAll('-', '_')}-${version}.tar.gz`;
  const wheel = filename.endsWith('.whl');
  const content = wanted.content ?? `${filename} of ${project}`;
  const bytes = wanted.bytes ?? (wheel ? wheelBytes : sdistBytes)({ name: project, version, content });
  const digests = {
    sha256: hashHex('sha256', bytes),
    sha512: hashHex('sha512', bytes),
    blake2b256: hashHex('blake2b-256', bytes),
    md5: hashHex('md5', bytes),
  };
  const { md5, ...granted } = digests;
  const signed = signGrant(
    {
      verb: 'add',
      project: normalizeName(project),
      filename,
      digests: granted,
      length: bytes.length,
      uploadedAt: uploadTime(nowMs),
      ...(wanted.requiresPython === undefined ? {} : { requiresPython: wanted.requiresPython }),
      ...wanted.grant,
    },
    wanted.seed ?? authSeed,
    nowMs,
  );
  const fields = [
    [':action', 'file_upload'],
    ['protocol_version', '1'],
    ['metadata_version', wanted.metadataVersion ?? '2.1'],
    ['name', project],
    ['version', version],
    ['filetype', wheel ? 'bdist_wheel' : 'sdist'],
    ['pyversion', wheel ? 'py3' : 'source'],
    ['sha256_digest', digests.sha256],
    ['md5_digest', md5],
    ...(wanted.requiresPython === undefined ? [] : [['requires_python', wanted.requiresPython]]),
    ...(wanted.fields ?? []),
  ];
  const header = {
    fields,
    filename,
    contentType: 'application/octet-stream',
    digests,
    length: bytes.length,
    grant: JSON.parse(fromUtf8(serializeSignedGrant(signed))) as object,
    actor: 'alice',
    ...wanted.header,
  };
  return {
    body: framed(utf8(JSON.stringify(header)), wanted.sent ?? bytes),
    signed,
    filename,
    sha256: digests.sha256,
    bytes,
  };
}

export function framed(header: Uint8Array, file: Uint8Array): Uint8Array {
  const lead = new Uint8Array(4);
  new DataView(lead.buffer).setUint32(0, header.length);
  return concatBytes(lead, header, file);
}

export function sendUpload(
  url: string,
  body: Uint8Array,
  headers: Record<string, string | number> = {},
): Promise<Answer> {
  return send(`${url}/internal/uploads`, {
    method: 'POST',
    headers: {
      ...uploadHeaders,
      'Content-Length': body.length,
      ...headers,
    },
    body,
  });
}
