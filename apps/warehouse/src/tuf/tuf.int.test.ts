import { utf8 } from '@rind/kernel';
import { timestampKey } from '@rind/repository';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { send } from '../../test/upload-client.ts';
import { startWarehouse } from '../../test/warehouse-fixture.ts';
import type { WarehouseFixture } from '../../test/warehouse-fixture.ts';

let warehouse: WarehouseFixture;
beforeAll(async () => {
  warehouse = await startWarehouse();
  const { store, admin } = warehouse;
  await store.replaceIf(timestampKey, utf8('{"first": "timestamp"}'), null);
  for (const name of ['1.root', '2.root', '7.snapshot', '32771.bin-3']) {
    await store.putNew(`metadata/${name}.json`, utf8(`{ "name": "${name}" }\n`));
  }
  await admin.query(
    `INSERT INTO signer.role (name, version, next_version, expires) VALUES ('root', 2, 3, now())`,
  );
});
afterAll(() => warehouse.stop());

const get = (path: string, headers = {}) => send(`${warehouse.url}${path}`, { headers });

describe('the metadata URL', () => {
  it.each(['1.root', '2.root', '7.snapshot', '32771.bin-3'])('serves %s verbatim, for ever', async (name) => {
    for (const round of ['from the store', 'from memory']) {
      const answer = await get(`/metadata/${name}.json`, { 'Accept-Encoding': 'gzip, br' });
      expect([round, answer.status, answer.text()]).toEqual([round, 200, `{ "name": "${name}" }\n`]);
      expect(answer.headers).toMatchObject({
        'content-length': String(answer.body.length),
        'cache-control': 'public, max-age=31536000, immutable',
        'content-type': 'application/json',
      });
      expect(answer.headers['content-encoding']).toBeUndefined();
    }
  });

  it('serves the newest timestamp and lets nobody keep it', async () => {
    const first = await get('/metadata/timestamp.json');
    expect([first.text(), first.headers['cache-control']]).toEqual([
      '{"first": "timestamp"}',
      'no-cache, max-age=0',
    ]);
    const stored = await warehouse.store.get(timestampKey, 1_000);
    await warehouse.store.replaceIf(timestampKey, utf8('{"second": "timestamp"}'), stored!.tag);
    expect((await get('/metadata/timestamp.json')).text()).toBe('{"second": "timestamp"}');
  });

  it('serves the newest root to people', async () => {
    const answer = await get('/metadata/root.json');
    expect([answer.text(), answer.headers['cache-control']]).toEqual([
      '{ "name": "2.root" }\n',
      'no-cache, max-age=0',
    ]);
  });

  it('finds what appears after it was missing', async () => {
    expect((await get('/metadata/3.root.json')).status).toBe(404);
    await warehouse.store.putNew('metadata/3.root.json', utf8('3'));
    expect((await get('/metadata/3.root.json')).text()).toBe('3');
  });

  it.each([
    '/metadata/4.root.json',
    '/metadata/0.root.json',
    '/metadata/01.root.json',
    '/metadata/root',
    '/metadata/',
    '/metadata/..%2ftargets%2fx',
    '/metadata/1.root.json%00',
    '/targets/',
    '/targets/x',
    `/targets/packages/six/${'a'.repeat(64)}.six-1.0.tar.gz`,
    `/targets/..%2fmetadata/${'a'.repeat(64)}.x`,
    '/.rind/commits',
  ])('%s does not exist', async (path) => {
    const answer = await get(path);
    expect([answer.status, answer.body.length < 200]).toEqual([404, true]);
    expect(answer.headers['x-rind-error']).toMatch(/^(file|request)\.not-found$/);
  });

  it('keeps connections open', async () => {
    const answer = await fetch(`${warehouse.url}/metadata/1.root.json`);
    await answer.text();
    expect(answer.headers.get('connection')).not.toBe('close');
    expect(answer.headers.get('transfer-encoding')).toBeNull();
  });
});
