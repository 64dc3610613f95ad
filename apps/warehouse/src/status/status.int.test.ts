import { utf8 } from '@rind/kernel';
import { timestampSigned, serializeMetadata } from '@rind/metadata';
import { timestampKey } from '@rind/repository';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { send, sendUpload, upload } from '../../test/upload-client.ts';
import { binCount, startWarehouse } from '../../test/warehouse-fixture.ts';
import type { WarehouseFixture } from '../../test/warehouse-fixture.ts';

let warehouse: WarehouseFixture;
beforeAll(async () => void (warehouse = await startWarehouse()));
afterAll(() => warehouse.stop());

async function status(): Promise<Record<string, unknown>> {
  const answer = await send(`${warehouse.url}/api/v1/status`);
  expect([answer.status, answer.headers['cache-control']]).toEqual([200, 'no-store']);
  return answer.json();
}

const codes = (report: Record<string, unknown>) =>
  (report['problems'] as { code: string }[]).map(({ code }) => code);

async function publishSomething(timestampVersion: number): Promise<void> {
  const { admin, store } = warehouse;
  await admin.query(
    `INSERT INTO signer.role (name, version, next_version, expires) VALUES
       ('root', 1, 2, now() + interval '1 year'), ('targets', 1, 2, now() + interval '1 year'),
       ('bins', 1, 2, now() + interval '1 year'), ('snapshot', 5, 6, now() + interval '1 day'),
       ('timestamp', $1::bigint, $1::bigint + 1, now() + interval '1 day')`,
    [timestampVersion],
  );
  await admin.query(
    `INSERT INTO signer.bin (idx, version, next_counter, expires, length, targets, publication_id)
     SELECT i, 32768 + i, 2, now() + interval '20 hours' + i * interval '1 second', 400 + i, 0, 1
       FROM generate_series(0, $1 - 1) i`,
    [binCount],
  );
  await admin.query(
    `UPDATE signer.lease SET holder = 'host:77', fence = 7, expires_at = now() + interval '1 hour' WHERE name = 'writer'`,
  );
  await admin.query(
    `INSERT INTO signer.publication (fence, kind, state, files, bins, closed_at, duration_ms)
     VALUES (7, 'changes', 'closed', 3, 5, now(), 81.5)`,
  );
  const signed = timestampSigned({
    version: timestampVersion,
    expires: '2030-01-01T00:00:00Z',
    snapshotMeta: { version: 5 },
  });
  const tag = (await store.get(timestampKey, 16_384))?.tag ?? null;
  await store.replaceIf(timestampKey, serializeMetadata(signed, []), tag);
}

describe('the status', () => {
  it('of an index before its first ceremony says so', async () => {
    expect(codes(await status())).toEqual(['repository.missing']);
  });

  it('of a published index has every field', async () => {
    await publishSomething(9);
    const report = await status();
    const date = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(report).toEqual({
      healthy: true,
      problems: [],
      root: { version: 1, expires: date },
      timestamp: { version: 9, expires: date },
      snapshot: { version: 5, expires: date },
      targets: { version: 1, expires: date },
      bins: { count: binCount, encoding: 'succinct', oldestExpires: date, largestBytes: 400 + binCount - 1 },
      at: expect.stringMatching(/Z$/),
      queue: { depth: 0, oldestMs: 0, setAside: 0, held: 0, blocked: 0 },
      lease: { holder: 'host:77', fence: 7 },
      validForMs: expect.any(Number),
      lastPublication: {
        id: expect.any(Number),
        state: 'closed',
        files: 3,
        bins: 5,
        durationMs: 81.5,
        closedAt: expect.stringMatching(/Z$/),
      },
    });
    const validForMs = report['validForMs'] as number;
    expect(validForMs).toBeGreaterThan(19 * 3_600_000);
    // The clock of the process stands still while the database’s goes on.
    expect(validForMs).toBeLessThan(20 * 3_600_000 + 60_000);
  });

  it('counts the queue and what was set aside', async () => {
    for (const project of ['one', 'two', 'three']) {
      await sendUpload(warehouse.url, upload({ project }, warehouse.clock.nowMs()).body);
    }
    await warehouse.admin.query(
      `UPDATE signer.outbox SET state = 'set-aside' WHERE target_path LIKE '%three%'`,
    );
    await warehouse.admin.query(
      `UPDATE signer.outbox SET enqueued_at = now() - interval '2 minutes' WHERE target_path LIKE '%one%'`,
    );
    const report = await status();
    expect(report['queue']).toEqual({
      depth: 2,
      oldestMs: expect.any(Number),
      setAside: 1,
      held: 0,
      blocked: 0,
    });
    expect((report['queue'] as { oldestMs: number }).oldestMs).toBeGreaterThanOrEqual(120_000);
    expect(codes(report)).toEqual(['queue.stuck']);
    await warehouse.admin.query(`UPDATE signer.outbox SET state = 'published'`);
  });

  it('notices that nobody holds the lease', async () => {
    await warehouse.admin.query(`UPDATE signer.lease SET expires_at = '-infinity', holder = NULL`);
    const report = await status();
    expect([codes(report), report['lease']]).toEqual([['lease.none'], { holder: null, fence: 7 }]);
    await warehouse.admin.query(
      `UPDATE signer.lease SET expires_at = now() + interval '1 hour', holder = 'h:1'`,
    );
  });

  it('notices that the store went back, or holds something else', async () => {
    await warehouse.admin.query(`UPDATE signer.role SET version = 10 WHERE name = 'timestamp'`);
    expect(codes(await status())).toEqual(['store.older']);
    const stored = await warehouse.store.get(timestampKey, 16_384);
    await warehouse.store.replaceIf(timestampKey, utf8('<html>'), stored!.tag);
    expect(codes(await status())).toEqual(['store.corrupt']);
  });

  it('is 503 while the database is down, and the web page says so in words', async () => {
    await warehouse.stopDatabase();
    expect((await send(`${warehouse.url}/api/v1/status`)).headers['x-rind-error']).toBe(
      'database.unavailable',
    );
    const page = await send(`${warehouse.url}/`);
    expect([page.status, page.text().includes('database does not answer')]).toEqual([200, true]);
    await warehouse.startDatabase();
    await expect.poll(async () => (await send(`${warehouse.url}/api/v1/status`)).status).toBe(200);
  });
});
