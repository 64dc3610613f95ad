import { hashHex } from '@rind/crypto';
import { parseProjectPage } from '@rind/index-model';
import { toHex } from '@rind/kernel';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StandInSigner } from '../../test/stand-in-signer.ts';
import { send, sendUpload, upload } from '../../test/upload-client.ts';
import type { Answer, Wanted } from '../../test/upload-client.ts';
import { startWarehouse } from '../../test/warehouse-fixture.ts';
import type { WarehouseFixture } from '../../test/warehouse-fixture.ts';

const json = 'application/vnd.pypi.simple.v1+json';
const pip = `${json}, application/vnd.pypi.simple.v1+html; q=0.1, text/html; q=0.01`;

let warehouse: WarehouseFixture;
let signer: StandInSigner;
let serial: number;
beforeAll(async () => {
  warehouse = await startWarehouse();
  signer = new StandInSigner(warehouse.admin, warehouse.store);
  await put({ project: 'Demo.Pkg', requiresPython: '>=3.8,<4' });
  await put({ project: 'Demo.Pkg', version: '1.10', content: 'ten' });
  await put({ project: 'Demo.Pkg', version: '1.9', content: 'nine' });
  await put({ project: 'aa' });
  serial = await signer.publish();
});
afterAll(() => warehouse.stop());

async function put(wanted: Wanted): Promise<void> {
  const { body } = upload(wanted, warehouse.clock.nowMs());
  expect((await sendUpload(warehouse.url, body)).status).toBe(200);
}

function get(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  return send(`${warehouse.url}${path}`, { method, headers });
}

describe('a project page', () => {
  it('in JSON is the signed target, byte for byte', async () => {
    const answer = await get('/simple/demo-pkg/', { Accept: pip });
    const { rows } = await warehouse.admin.query<{ page_sha256: string }>(
      `SELECT page_sha256 FROM signer.project WHERE name = 'demo-pkg'`,
    );
    expect(hashHex('sha256', answer.body)).toBe(rows[0]!.page_sha256);
    expect(parseProjectPage(answer.body).files.map(({ filename }) => filename)).toEqual([
      'demo_pkg-1.0.tar.gz',
      'demo_pkg-1.9.tar.gz',
      'demo_pkg-1.10.tar.gz',
    ]);
  });

  it('carries the headers that caches and scripts need', async () => {
    const { headers } = await get('/simple/demo-pkg/', { Accept: pip });
    expect(headers).toMatchObject({
      'content-type': json,
      vary: 'Accept',
      'cache-control': 'public, max-age=600',
      etag: expect.stringMatching(/^"[0-9a-f]{64}"$/),
      'x-pypi-last-serial': String(serial),
      'access-control-allow-origin': '*',
      'access-control-expose-headers': 'X-PyPI-Last-Serial',
    });
  });

  it.each([
    [undefined, 'text/html; charset=utf-8'],
    ['*/*', 'text/html; charset=utf-8'],
    ['image/png', 'text/html; charset=utf-8'],
    ['application/vnd.pypi.simple.v1+html', 'application/vnd.pypi.simple.v1+html'],
    [json, json],
    [pip, json],
  ])('asked for with Accept %s is %s', async (accept, contentType) => {
    const answer = await get('/simple/demo-pkg/', accept === undefined ? {} : { Accept: accept });
    expect([answer.status, answer.headers['content-type']]).toEqual([200, contentType]);
  });

  it('in HTML links the same files, relative to itself', async () => {
    const page = (await get('/simple/demo-pkg/')).text();
    const [, href] = /href="([^"#]+)#sha256=[0-9a-f]{64}"[^>]*>demo_pkg-1\.0\.tar\.gz<\/a>/.exec(page) ?? [];
    const file = await send(String(new URL(href!, `${warehouse.url}/simple/demo-pkg/`)));
    expect(Buffer.from(file.body).includes('demo_pkg-1.0.tar.gz of Demo.Pkg')).toBe(true);
    expect(page).toContain('data-requires-python="&gt;=3.8');
  });

  it.each([json, 'text/html'])('as %s is not sent again to who has it', async (accept) => {
    const { headers } = await get('/simple/demo-pkg/', { Accept: accept });
    const again = await get('/simple/demo-pkg/', { Accept: accept, 'If-None-Match': headers.etag! });
    expect([again.status, again.body.length, again.headers.etag]).toEqual([304, 0, headers.etag]);
  });

  it('has another tag in another form', async () => {
    const tags = await Promise.all(
      [json, 'text/html'].map(async (accept) => (await get('/simple/aa/', { Accept: accept })).headers.etag),
    );
    expect(new Set(tags).size).toBe(2);
  });

  it('answers HEAD with the same headers and nothing else', async () => {
    const head = await get('/simple/demo-pkg/', { Accept: pip }, 'HEAD');
    const whole = await get('/simple/demo-pkg/', { Accept: pip });
    expect([head.status, head.body.length, head.headers['content-length']]).toEqual([
      200,
      0,
      String(whole.body.length),
    ]);
  });

  it.each([
    ['/simple/Demo.Pkg/', '/simple/demo-pkg/'],
    ['/simple/demo__pkg/', '/simple/demo-pkg/'],
    ['/simple/demo-pkg', '/simple/demo-pkg/'],
    ['/simple/Demo_Pkg', '/simple/demo-pkg/'],
    ['/simple', '/simple/'],
  ])('%s has moved to %s', async (path, location) => {
    const answer = await get(path);
    expect([answer.status, answer.headers.location]).toEqual([301, location]);
  });

  it.each([
    '/simple/unknown/',
    '/simple/-x/',
    '/simple/%20/',
    '/simple/a%2Fb/',
    `/simple/${'a'.repeat(300)}/`,
  ])('%s does not exist', async (path) => {
    const answer = await get(path);
    expect([answer.status, answer.headers['x-rind-error']]).toEqual([404, 'project.not-found']);
  });

  it('appears when the publication closes and not before', async () => {
    await put({ project: 'pending' });
    expect((await get('/simple/pending/')).status).toBe(404);
    await signer.publish();
    expect((await get('/simple/pending/')).status).toBe(200);
  });

  it('tells preflights that everybody may read', async () => {
    const answer = await get('/simple/demo-pkg/', {}, 'OPTIONS');
    expect([answer.status, answer.headers['access-control-allow-methods']]).toEqual([204, 'GET']);
  });

  it('that is missing in the store is a fault that passes, not an empty project', async () => {
    await put({ project: 'lost' });
    await signer.publish();
    const { rows } = await warehouse.admin.query<{ page_sha256: string }>(
      `SELECT page_sha256 FROM signer.project WHERE name = 'lost'`,
    );
    await warehouse.store.delete(`targets/simple/lost/${rows[0]!.page_sha256}.index.json`);
    const answer = await get('/simple/lost/', { Accept: json });
    expect([answer.status, answer.headers['x-rind-error']]).toEqual([503, 'page.missing']);
  });
});

describe('the list of projects', () => {
  const names = async () =>
    ((await get('/simple/', { Accept: json })).json()['projects'] as { name: string }[]).map(
      ({ name }) => name,
    );

  it('names what is published, in order, with the serial of the newest change', async () => {
    expect(await names()).toEqual(expect.arrayContaining(['aa', 'demo-pkg']));
    expect(await names()).toEqual([...(await names())].sort());
    const before = (await get('/simple/')).headers['x-pypi-last-serial'];
    await put({ project: 'zz' });
    const id = await signer.publish();
    const after = await get('/simple/');
    expect(after.headers['x-pypi-last-serial']).toBe(String(id));
    expect(Number(before)).toBeLessThan(id);
    expect(await names()).toContain('zz');
    expect(after.text()).toContain('<a href="zz/">zz</a>');
  });

  it('leaves out what is quarantined', async () => {
    await put({ project: 'bad' });
    await signer.publish();
    expect(await names()).toContain('bad');
    await signer.changeProject('bad', 'quarantined');
    expect(await names()).not.toContain('bad');
  });

  it('is not sent again to who has it', async () => {
    const { headers } = await get('/simple/');
    expect((await get('/simple/', { 'If-None-Match': headers.etag! })).status).toBe(304);
  });

  it('is the same for many that ask at once', async () => {
    const answers = await Promise.all(Array.from({ length: 30 }, () => get('/simple/', { Accept: json })));
    expect(new Set(answers.map(({ body }) => toHex(body))).size).toBe(1);
  });
});
