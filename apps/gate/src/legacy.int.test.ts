import { createHash, randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { unpackUpload } from './testing/fake-process.ts';
import { generousAuth, startGate, token, uploadId, willingWarehouse } from './testing/gate-fixture.ts';
import type { GateFixture } from './testing/gate-fixture.ts';
import { multipart, post, wheelBody, wheelFields, wheelName } from './testing/upload-client.ts';

const bytes = new Uint8Array(randomBytes(200_000));
const body = wheelBody(bytes);
const mebibyte = 1_048_576;
let gate: GateFixture;

beforeAll(async () => {
  gate = await startGate({ maxFileBytes: 60 * mebibyte });
});
afterAll(async () => {
  const log = gate.log();
  await gate.stop();
  expect(log).not.toContain(token);
  expect(log).not.toContain('a-value-of-a-password');
});
beforeEach(() => {
  gate.auth.answer(generousAuth);
  gate.warehouse.answer(willingWarehouse);
  gate.auth.calls.length = 0;
  gate.warehouse.calls.length = 0;
});
const nothingLeft = () => vi.waitFor(async () => expect(await gate.spooled()).toEqual([]));

describe('an upload', () => {
  it('is answered 200 with an empty body and the address of its receipt', async () => {
    const answer = await post({ url: gate.url, body });
    expect(answer).toMatchObject({ status: 200, body: '' });
    expect(answer.headers['link']).toBe(`</api/v1/uploads/${uploadId}>; rel="monitor"`);
    expect(gate.auth.calls.map(({ url }) => url)).toEqual([
      '/internal/tokens/introspect',
      '/internal/grants',
    ]);
    await nothingLeft();
  });

  it('is granted for digests that the gate computed itself', async () => {
    await post({ url: gate.url, body });
    const asked = JSON.parse(gate.auth.callsTo('/grants')[0]!.body.toString()) as Record<string, unknown>;
    const blake2b256 = expect.stringMatching(/^[0-9a-f]{64}$/) as unknown;
    const [sha256, sha512] = ['sha256', 'sha512'].map((name) => createHash(name).update(bytes).digest('hex'));
    expect(asked).toMatchObject({
      token,
      project: 'Demo.Project',
      filename: wheelName,
      digests: { sha256, sha512, blake2b256 },
      length: bytes.length,
      requiresPython: '>=3.8',
      remote: '127.0.0.1',
    });
  });

  it('reaches the warehouse whole, with the grant and without the token', async () => {
    await post({ url: gate.url, body });
    const [call] = gate.warehouse.callsTo('/internal/uploads');
    expect(call!.headers['content-type']).toBe('application/vnd.rind.upload');
    const { header, file } = unpackUpload(call!.body);
    expect(Buffer.compare(file, bytes)).toBe(0);
    expect(header).toMatchObject({
      fields: wheelFields(bytes),
      filename: wheelName,
      contentType: 'application/octet-stream',
      length: bytes.length,
      actor: 'alice',
      grant: { keyid: 'k', sig: 's' },
    });
    expect(header['digests']).toMatchObject({ md5: createHash('md5').update(bytes).digest('hex') });
    expect(JSON.stringify([call!.headers, call!.url])).not.toContain(token);
    expect(call!.body.includes(token)).toBe(false);
    expect(call!.body.includes(Buffer.from(`__token__:${token}`).toString('base64'))).toBe(false);
  });

  it('may bring its warnings', async () => {
    const warned = { outcome: 'accepted', uploadId, grantUsed: true, warnings: ['first', 'second'] };
    gate.warehouse.answer(() => ({ status: 200, body: warned }));
    expect(await post({ url: gate.url, body })).toMatchObject({ status: 200, body: 'first\nsecond' });
  });

  it.each([
    ['bearer', `Bearer ${token}`],
    ['token', `token ${token}`],
  ])('may show its token by the scheme %s', async (_scheme, authorization) => {
    expect(await post({ url: gate.url, body, withToken: null, headers: { authorization } })).toMatchObject({
      status: 200,
    });
  });

  it('may name its action in the query', async () => {
    const actionless = wheelBody(bytes, { ':action': undefined });
    expect(await post({ url: gate.url, body: actionless })).toMatchObject({ status: 400 });
    const path = '/legacy/?:action=file_upload';
    expect(await post({ url: gate.url, body: actionless, path })).toMatchObject({ status: 200 });
  });

  it('may come in chunks of unknown total length', async () => {
    const { Readable } = await import('node:stream');
    const pieces = Readable.from([body.subarray(0, 1_000), body.subarray(1_000)]);
    expect(await post({ url: gate.url, body: pieces })).toMatchObject({ status: 200 });
  });

  it('may carry a signature file, which is ignored', async () => {
    const files = [
      { filename: wheelName, bytes },
      { field: 'gpg_signature', filename: `${wheelName}.asc`, bytes: new Uint8Array(10) },
    ];
    expect(await post({ url: gate.url, body: multipart(wheelFields(bytes), files) })).toMatchObject({
      status: 200,
    });
  });
});

describe('a refusal', () => {
  const other = 'pypi-AgEIcHlwaS5vcmcCJGFub3RoZXI';

  it.each([
    [
      'no credentials',
      { withToken: null },
      'token.missing',
      /^Invalid or non-existent authentication information\./,
    ],
    [
      'an unknown token',
      { withToken: other },
      'token.unknown',
      /^Invalid or non-existent authentication information\./,
    ],
    [
      'a password',
      { headers: { authorization: `Basic ${btoa('alice:a-value-of-a-password')}` } },
      'token.password-login',
      /^Username\/Password authentication is no longer supported\./,
    ],
  ])('of %s comes before 50 MB of body were sent', async (_what, options, code, text) => {
    const { Readable } = await import('node:stream');
    let sent = 0;
    const endless = new Readable({
      read() {
        sent += mebibyte;
        this.push(sent > 50 * mebibyte ? null : Buffer.alloc(mebibyte));
      },
    });
    const answer = await post({ url: gate.url, body: endless, ...options });
    expect([answer.status, answer.headers['x-rind-error']]).toEqual([403, code]);
    expect(answer.reason).toMatch(text);
    expect(answer.body).toContain(answer.reason);
    expect(answer.headers['www-authenticate']).toBeUndefined();
    expect(gate.auth.callsTo('/grants')).toEqual([]);
    expect(gate.warehouse.calls).toEqual([]);
    expect(await gate.spooled()).toEqual([]);
  });

  it('reaches a sender that stops listening to anything before its body is sent', async () => {
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(gate.port, '127.0.0.1');
      let received = '';
      const head = `POST /legacy/ HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: ${30 * mebibyte}\r\n\r\n`;
      socket.on('error', reject);
      socket.pause();
      socket.write(head);
      socket.write(Buffer.alloc(30 * mebibyte), () => {
        socket.on('data', (chunk) => (received += chunk.toString('latin1')));
        socket.on('close', () => resolve(received));
        socket.resume();
      });
    });
    expect(answer).toMatch(/^HTTP\/1\.1 403 Invalid or non-existent authentication information\./);
  });

  it('speaks JSON to uv', async () => {
    const accept = 'application/json;q=0.9, text/plain;q=0.8, text/html;q=0.7';
    const answer = await post({ url: gate.url, body, withToken: other, headers: { accept } });
    const said = JSON.parse(answer.body) as Record<string, string>;
    expect(said['code']).toBe(`403 ${answer.reason}`);
    expect(said['title']).toBe('Forbidden');
  });

  it.each([
    [
      'a form without a file',
      multipart(wheelFields(bytes), []),
      'upload.no-file',
      'Upload payload does not have a file.',
    ],
    [
      'two files',
      multipart(wheelFields(bytes), [
        { filename: wheelName, bytes },
        { filename: wheelName, bytes },
      ]),
      'upload.unexpected-file',
      'Only one file may be uploaded at a time.',
    ],
    [
      'a text field with a file name',
      multipart(wheelFields(bytes), [{ field: 'summary', filename: 'x', bytes }]),
      'upload.unexpected-file',
      'summary: Should not be a tuple.',
    ],
    ['a form that ends in the middle', body.subarray(0, 100_000), 'upload.malformed-form', undefined],
    ['a form that is none', Buffer.from('nothing like it'), 'upload.malformed-form', undefined],
    [
      'a field of 70 KB',
      wheelBody(bytes, { summary: 'x'.repeat(70_000) }),
      'upload.malformed-form',
      undefined,
    ],
    [
      'too many fields',
      multipart(
        [...wheelFields(bytes), ...Array.from({ length: 1_001 }, () => ['classifiers', 'x'] as const)],
        [],
      ),
      'upload.malformed-form',
      undefined,
    ],
    ['another action', wheelBody(bytes, { ':action': 'launch' }), 'upload.bad-action', undefined],
  ])('of %s is a 400', async (_what, sent, code, text) => {
    const answer = await post({ url: gate.url, body: sent });
    expect([answer.status, answer.headers['x-rind-error']]).toEqual([400, code]);
    if (text !== undefined) expect([answer.reason, answer.body]).toEqual([text, `400 ${text}\n`]);
    expect(gate.auth.callsTo('/grants')).toEqual([]);
    expect(gate.warehouse.calls).toEqual([]);
    await nothingLeft();
  });

  it.each(['*/*', 'application/json'])(
    'to %s does not send 60 KB back that somebody sent',
    async (accept) => {
      const long = wheelBody(bytes, { classifiers: `first${'x'.repeat(60_000)}last` });
      const answer = await post({ url: gate.url, body: long, headers: { accept } });
      expect([answer.status, answer.headers['x-rind-error']]).toEqual([400, 'upload.metadata-invalid']);
      expect(answer.reason).toMatch(
        /^'firstx+ \? x+last' is not a valid classifier\. See .+ for more information\.$/,
      );
      expect(answer.reason.length).toBeLessThan(1_000);
      expect(answer.body.length).toBeLessThan(2_200);
    },
  );

  it('takes a description of 9 MB', async () => {
    const long = wheelBody(bytes, { description: 'x'.repeat(9 * mebibyte) });
    expect(await post({ url: gate.url, body: long })).toMatchObject({ status: 200 });
  });

  it('of a wrong digest is the form check’s, before any grant', async () => {
    const answer = await post({ url: gate.url, body: wheelBody(bytes, { sha256_digest: '0'.repeat(64) }) });
    expect([answer.status, answer.reason]).toEqual([
      400,
      'The digest supplied does not match a digest calculated from the uploaded file.',
    ]);
    expect(answer.headers['x-rind-error']).toMatch(/^upload\./);
    expect(gate.auth.callsTo('/grants')).toEqual([]);
  });

  it('of a file that is too large names the project and the limit', async () => {
    const large = wheelBody(new Uint8Array(60 * mebibyte + 1));
    const answer = await post({ url: gate.url, body: large });
    expect([answer.status, answer.headers['x-rind-error']]).toEqual([400, 'file.too-large']);
    expect(answer.reason).toMatch(/^File too large\. Limit for project 'Demo\.Project' is 60 MB\./);
    await nothingLeft();
  });

  it.each(['submit', 'submit_pkg_info', 'doc_upload'])('of the old action %s is a 410', async (action) => {
    const inQuery = await post({ url: gate.url, body: Buffer.alloc(0), path: `/legacy/?:action=${action}` });
    const inForm = await post({ url: gate.url, body: multipart([[':action', action]], []) });
    for (const answer of [inQuery, inForm]) {
      expect([answer.status, answer.headers['x-rind-error']]).toEqual([410, 'upload.gone']);
      expect(answer.reason).toMatch(/^Project pre-registration is no longer required/);
    }
  });

  it('without the slash at the end is a 308 that says so', async () => {
    const answer = await post({ url: gate.url, body, path: '/legacy' });
    expect([answer.status, answer.headers['location']]).toEqual([308, '/legacy/']);
    expect(answer.reason).toContain('with a trailing slash');
  });

  it('by auth is passed on with its code and text', async () => {
    const detail = "The given token isn't allowed to upload to project 'demo-project'.";
    gate.auth.answer((call) =>
      call.url.endsWith('/grants')
        ? { status: 403, body: { code: 'token.wrong-project', detail } }
        : generousAuth(call),
    );
    const answer = await post({ url: gate.url, body });
    expect([answer.status, answer.reason, answer.headers['x-rind-error']]).toEqual([
      403,
      detail,
      'token.wrong-project',
    ]);
    expect(gate.warehouse.calls).toEqual([]);
    await nothingLeft();
  });

  it('is a page for whoever looks with a browser', async () => {
    const page = await fetch(`${gate.url}/legacy/`);
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect((await fetch(`${gate.url}/legacy/+simple/x/`)).status).toBe(404);
  });
});
