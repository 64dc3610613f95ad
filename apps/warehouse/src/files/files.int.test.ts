import { systemRandomness, utf8 } from '@rind/kernel';
import { coreMetadata, sdistBytes, wheelBytes } from '@rind/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashHex } from '@rind/crypto';
import { StandInSigner } from '../../test/stand-in-signer.ts';
import { send, sendUpload, upload } from '../../test/upload-client.ts';
import type { Answer } from '../../test/upload-client.ts';
import { startWarehouse } from '../../test/warehouse-fixture.ts';
import type { WarehouseFixture } from '../../test/warehouse-fixture.ts';

const content = sdistBytes({ name: 'six', version: '1.0', content: systemRandomness.bytes(60_000) });
const { length } = content;
let warehouse: WarehouseFixture;
let signer: StandInSigner;
let hash: string;
beforeAll(async () => {
  warehouse = await startWarehouse();
  signer = new StandInSigner(warehouse.admin, warehouse.store);
  hash = await put('six', '1.0', content);
  await signer.publish();
});
afterAll(() => warehouse.stop());

async function put(project: string, version: string, bytes: Uint8Array): Promise<string> {
  const { body, sha256 } = upload({ project, version, bytes }, warehouse.clock.nowMs());
  expect((await sendUpload(warehouse.url, body)).status).toBe(200);
  return sha256;
}

function get(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  return send(`${warehouse.url}${path}`, { method, headers });
}

async function missing(path: string) {
  const answer = await get(path);
  return [answer.status, answer.headers['x-rind-error']];
}

const plain = () => `/packages/six/${hash}/six-1.0.tar.gz`;
const target = () => `/targets/packages/six/${hash}.six-1.0.tar.gz`;
const tough = () => `/targets/${hash}.packages/six/six-1.0.tar.gz`;

describe.each([
  ['its plain URL', plain],
  ['its target URL', target],
  ['its target URL as tough writes it', tough],
])('a file under %s', (_what, path) => {
  it('is served whole, for ever, with its length', async () => {
    const answer = await get(path());
    expect(answer.body).toEqual(content);
    expect([answer.status, answer.headers]).toMatchObject([
      200,
      {
        'content-length': String(content.length),
        'content-type': 'application/gzip',
        'cache-control': 'public, max-age=31536000, immutable',
        'accept-ranges': 'bytes',
        etag: `"${hash}"`,
        'x-content-type-options': 'nosniff',
      },
    ]);
    expect(answer.headers['content-encoding']).toBeUndefined();
  });

  it('answers HEAD with its length', async () => {
    const answer = await get(path(), {}, 'HEAD');
    expect([
      answer.status,
      answer.headers['content-length'],
      answer.headers['accept-ranges'],
      answer.body.length,
    ]).toEqual([200, String(length), 'bytes', 0]);
  });

  it.each([
    ['bytes=0-9', 0, 10],
    [`bytes=${length - 10}-`, length - 10, length],
    ['bytes=-10', length - 10, length],
    ['bytes=100-99999999', 100, length],
  ])('gives the part %s', async (range, from, to) => {
    const answer = await get(path(), { Range: range });
    expect(answer.body).toEqual(content.slice(from, to));
    expect([answer.status, answer.headers['content-range'], answer.headers['content-length']]).toEqual([
      206,
      `bytes ${from}-${to - 1}/${length}`,
      String(to - from),
    ]);
  });

  it('gives no part that does not exist', async () => {
    const answer = await get(path(), { Range: `bytes=${length}-` });
    expect([answer.status, answer.headers['content-range'], answer.headers['x-rind-error']]).toEqual([
      416,
      `bytes */${length}`,
      'file.range-not-satisfiable',
    ]);
  });

  it('gives the whole when the part was meant for other bytes', async () => {
    const answer = await get(path(), { Range: 'bytes=0-9', 'If-Range': '"other"' });
    expect([answer.status, answer.body.length]).toEqual([200, length]);
    expect((await get(path(), { Range: 'bytes=0-9', 'If-Range': `"${hash}"` })).status).toBe(206);
  });

  it('is not sent again to who has it', async () => {
    const answer = await get(path(), { 'If-None-Match': `"${hash}"` });
    expect([answer.status, answer.body.length]).toEqual([304, 0]);
  });
});

describe('a plain file URL', () => {
  it('may be percent-encoded', async () => {
    expect((await get(plain().replace('.', '%2E'))).status).toBe(200);
  });

  it.each([
    ['another hash', () => plain().replace(hash, 'a'.repeat(64)), 'file.not-found'],
    ['another project', () => plain().replace('/six/', '/seven/'), 'file.not-found'],
    ['core metadata of a source distribution', () => `${plain()}.metadata`, 'file.not-found'],
    ['no hash', () => '/packages/six/x/six-1.0.tar.gz', 'path.invalid'],
    ['a way out', () => `/packages/six/${hash}/..%2f..%2fx`, 'path.invalid'],
  ])('with %s does not exist', async (_what, path, code) => {
    expect(await missing(path())).toEqual([404, code]);
  });

  it('does not exist before the file is published', async () => {
    const sha256 = await put('early', '1.0', sdistBytes({ name: 'early', version: '1.0' }));
    const path = `/packages/early/${sha256}/early-1.0.tar.gz`;
    expect(await missing(path)).toEqual([404, 'file.not-found']);
    await signer.publish();
    expect((await get(path)).body).toEqual(sdistBytes({ name: 'early', version: '1.0' }));
  });

  it('does not exist any more after the file was deleted, and the store keeps it', async () => {
    const sha256 = await put('old', '1.0', sdistBytes({ name: 'old', version: '1.0' }));
    await signer.publish();
    await signer.changePath('packages/old/old-1.0.tar.gz', 'deleted');
    expect(await missing(`/packages/old/${sha256}/old-1.0.tar.gz`)).toEqual([404, 'file.not-found']);
    expect((await get(`/targets/packages/old/${sha256}.old-1.0.tar.gz`)).status).toBe(200);
  });

  it('does not exist while its project is quarantined', async () => {
    const sha256 = await put('shut', '1.0', sdistBytes({ name: 'shut', version: '1.0' }));
    await signer.publish();
    await signer.changeProject('shut', 'quarantined');
    expect(await missing(`/packages/shut/${sha256}/shut-1.0.tar.gz`)).toEqual([404, 'file.not-found']);
  });
});

describe('the core metadata of a wheel', () => {
  const parts = { name: 'six', version: '2.0', metadata: ['Requires-Dist: idna', 'Summary: café'] };
  const metadata = utf8(coreMetadata(parts));
  const filename = 'six-2.0-py3-none-any.whl';
  let sha256: string;
  const path = () => `/packages/six/${sha256}/${filename}.metadata`;
  beforeAll(async () => {
    const sent = upload(
      { project: 'six', version: '2.0', filename, bytes: wheelBytes(parts) },
      warehouse.clock.nowMs(),
    );
    sha256 = sent.sha256;
    expect((await sendUpload(warehouse.url, sent.body)).status).toBe(200);
  });

  it('is not there before the file is published', async () => {
    expect(await missing(path())).toEqual([404, 'file.not-found']);
  });

  it('is the METADATA of the wheel byte for byte, under the checksum that the page states', async () => {
    await signer.publish();
    const answer = await get(path());
    expect(answer.body).toEqual(metadata);
    expect([answer.status, answer.headers]).toMatchObject([
      200,
      {
        'content-length': String(metadata.length),
        'content-type': 'text/plain; charset=utf-8',
        'cache-control': 'public, max-age=31536000, immutable',
        'accept-ranges': 'bytes',
        etag: `"${hashHex('sha256', metadata)}"`,
      },
    ]);
    const page = (await get('/simple/six/', { Accept: 'application/vnd.pypi.simple.v1+json' })).json();
    const listed = (page['files'] as { filename: string; 'core-metadata'?: unknown }[]).map((file) => [
      file.filename,
      file['core-metadata'],
    ]);
    expect(listed).toEqual([
      ['six-1.0.tar.gz', undefined],
      [filename, { sha256: hashHex('sha256', metadata) }],
    ]);
  });

  it('is served in parts, and not again to who has it', async () => {
    const part = await get(path(), { Range: 'bytes=0-15' });
    expect([part.status, part.text()]).toEqual([206, 'Metadata-Version']);
    const again = await get(path(), { 'If-None-Match': `"${hashHex('sha256', metadata)}"` });
    expect([again.status, again.body.length]).toEqual([304, 0]);
  });

  it('lies beside the file among the targets', async () => {
    const answer = await get(`/targets/packages/six/${sha256}.${filename}.metadata`);
    expect([answer.status, answer.headers['content-type']]).toEqual([200, 'text/plain; charset=utf-8']);
    expect(answer.body).toEqual(metadata);
  });

  it('is gone with the file', async () => {
    await signer.changePath(`packages/six/${filename}`, 'deleted');
    expect(await missing(path())).toEqual([404, 'file.not-found']);
  });
});
