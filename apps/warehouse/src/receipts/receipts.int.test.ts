import { binIndexOf, binName } from '@rind/repository';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StandInSigner } from '../../test/stand-in-signer.ts';
import { send, sendUpload, upload } from '../../test/upload-client.ts';
import { startWarehouse } from '../../test/warehouse-fixture.ts';
import type { WarehouseFixture } from '../../test/warehouse-fixture.ts';

let warehouse: WarehouseFixture;
let signer: StandInSigner;
beforeAll(async () => {
  warehouse = await startWarehouse({ maxReceiptWaiters: 20 });
  signer = new StandInSigner(warehouse.admin, warehouse.store);
});
afterAll(() => warehouse.stop());

async function accepted(project: string): Promise<{ id: string; sha256: string }> {
  const { body, sha256 } = upload({ project }, warehouse.clock.nowMs());
  const answer = await sendUpload(warehouse.url, body);
  return { id: answer.json()['uploadId'] as string, sha256 };
}

const ask = (query: string) => send(`${warehouse.url}/api/v1/uploads${query}`);

async function waiters(): Promise<number> {
  const metrics = (await send(`${warehouse.url}/metrics`)).text();
  return Number(/^rind_receipt_waiters (\d+)$/m.exec(metrics)?.[1]);
}

describe('a receipt', () => {
  it('follows an upload from accepted to verifiable', async () => {
    const { id, sha256 } = await accepted('followed');
    const targetPath = 'packages/followed/followed-1.0.tar.gz';
    const first = {
      id,
      state: 'accepted',
      code: null,
      targetPath,
      sha256,
      bin: binName(binIndexOf(targetPath, 4), 4),
      publication: null,
      snapshotVersion: null,
      timestampVersion: null,
      acceptedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      verifiableAt: null,
    };
    expect((await ask(`/${id}`)).json()).toEqual(first);
    await signer.publish();
    const last = await ask(`/${id}`);
    expect(last.headers['cache-control']).toBe('no-store');
    expect(last.json()).toEqual({
      ...first,
      state: 'verifiable',
      publication: expect.any(Number),
      snapshotVersion: 7,
      timestampVersion: 9,
      verifiableAt: expect.stringMatching(/Z$/),
    });
  });

  it('is given to all that wait as soon as the publication closes', async () => {
    const { id, sha256 } = await accepted('waited');
    const waiting = Array.from({ length: 10 }, () => ask(`/${id}?wait=60`));
    waiting.push(...Array.from({ length: 5 }, () => ask(`?sha256=${sha256}&wait=60`)));
    await expect.poll(waiters).toBe(15);
    const before = performance.now();
    await signer.publish();
    const states = (await Promise.all(waiting)).map((answer) => answer.json()['state']);
    expect(states).toEqual(waiting.map(() => 'verifiable'));
    // Woken, not polled: the desk looks by itself only every two seconds.
    expect(performance.now() - before).toBeLessThan(1_500);
  });

  it('is given to all that wait as soon as the request is set aside', async () => {
    const { id } = await accepted('aside');
    const waiting = ask(`/${id}?wait=60`);
    await expect.poll(waiters).toBe(1);
    await signer.setAside('path.rewritten');
    expect((await waiting).json()).toMatchObject({ state: 'rejected', code: 'path.rewritten' });
  });

  it('is given as it is when the time is over', async () => {
    const { id } = await accepted('late');
    await signer.take();
    expect((await ask(`/${id}?wait=0.2`)).json()).toMatchObject({ state: 'publishing' });
    expect(await waiters()).toBe(0);
  });

  it('is not held for a client that went away', async () => {
    const { id } = await accepted('left');
    const client = new AbortController();
    const lost = fetch(`${warehouse.url}/api/v1/uploads/${id}?wait=60`, { signal: client.signal });
    await expect.poll(waiters).toBe(1);
    client.abort();
    await expect(lost).rejects.toThrow();
    await expect.poll(waiters).toBe(0);
    await signer.publish();
  });

  it('is refused to more than may wait', async () => {
    const { id } = await accepted('crowd');
    const waiting = Array.from({ length: 20 }, () => ask(`/${id}?wait=60`));
    await expect.poll(waiters).toBe(20);
    const answer = await ask(`/${id}?wait=60`);
    expect([answer.status, answer.headers['x-rind-error'], answer.headers['retry-after']]).toEqual([
      503,
      'receipt.too-many-waiters',
      '2',
    ]);
    expect((await ask(`/${id}`)).status).toBe(200);
    await signer.publish();
    await Promise.all(waiting);
  });

  it('survives the loss of the connection that listens', async () => {
    await warehouse.admin.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE '%listen%'`,
    );
    const { id } = await accepted('relisten');
    const waiting = ask(`/${id}?wait=30`);
    await expect.poll(waiters).toBe(1);
    await signer.publish();
    expect((await waiting).json()).toMatchObject({ state: 'verifiable' });
  });

  it('of the newest upload is found by checksum', async () => {
    const first = await accepted('newest');
    await signer.setAside('grant.expired');
    const second = await accepted('newest');
    expect((await ask(`?sha256=${first.sha256}`)).json()['id']).toBe(second.id);
    await signer.publish();
  });

  it.each([
    ['/00000000-0000-4000-8000-000000000000', 404, 'upload.not-found'],
    ['/00000000-0000-4000-8000-000000000000?wait=1', 404, 'upload.not-found'],
    ['/nonsense', 404, 'upload.not-found'],
    [`?sha256=${'a'.repeat(64)}`, 404, 'upload.not-found'],
    [`?sha256=${'a'.repeat(64)}&wait=1`, 404, 'upload.not-found'],
    ['?sha256=x', 400, 'request.malformed'],
    ['', 400, 'request.malformed'],
    ['/nonsense?wait=61', 400, 'request.malformed'],
    ['/nonsense?wait=-1', 400, 'request.malformed'],
    ['/nonsense?wait=x', 400, 'request.malformed'],
  ])('for %j is answered with %i %s', async (query, status, code) => {
    const answer = await ask(query);
    expect([answer.status, answer.headers['x-rind-error']]).toEqual([status, code]);
    if (status === 404) expect(answer.json()['error']).toMatchObject({ code });
  });
});

describe('a warehouse that stops', () => {
  it('answers those that wait instead of cutting them off', async () => {
    const { id } = await accepted('stopping');
    const waiting = ask(`/${id}?wait=60`);
    await expect.poll(waiters).toBe(1);
    await warehouse.app.close();
    expect((await waiting).json()).toMatchObject({ state: 'accepted' });
  });
});
