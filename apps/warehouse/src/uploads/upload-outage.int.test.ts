import { utf8 } from '@rind/kernel';
import { timestampKey } from '@rind/repository';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { send, sendInTwo, sendUpload, upload } from '../../test/upload-client.ts';
import type { Answer } from '../../test/upload-client.ts';
import { startWarehouse } from '../../test/warehouse-fixture.ts';
import type { WarehouseFixture } from '../../test/warehouse-fixture.ts';

const patience = { timeout: 30_000 };
let warehouse: WarehouseFixture;
beforeAll(async () => void (warehouse = await startWarehouse({ bodyIdleMs: 60_000 })));
afterAll(() => warehouse.stop());

const outcome = (answer: Answer) => [answer.status, answer.json()['code'] ?? answer.json()['outcome']];

describe('an upload during an outage of the database', () => {
  it('is answered with 503 when the database cuts the transaction off, and works later', async () => {
    const sent = upload({ project: 'cut' }, warehouse.clock.nowMs());
    const answer = await warehouse.admin.transaction(async (sql) => {
      await sql.query(`SELECT pg_advisory_xact_lock(hashtextextended($1, 8458))`, [sent.filename]);
      const pending = sendUpload(warehouse.url, sent.body);
      const cut = () =>
        warehouse.admin.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'advisory'`,
        );
      await expect.poll(async () => (await cut()).rowCount, patience).toBe(1);
      return pending;
    });
    expect(outcome(answer)).toEqual([503, 'database.unavailable']);
    expect(warehouse.spooled()).toEqual([]);
    expect(outcome(await sendUpload(warehouse.url, sent.body))).toEqual([200, 'accepted']);
  });

  it('is answered with 503 when the database stops while the file is on its way, and works later', async () => {
    const content = new Uint8Array(300_000);
    const sent = upload({ project: 'slow', content }, warehouse.clock.nowMs());
    const half = sent.body.length - 100_000;
    const { answer, finish } = sendInTwo(`${warehouse.url}/internal/uploads`, sent.body, half);
    await expect.poll(() => warehouse.spooled(), patience).toHaveLength(1);
    await warehouse.stopDatabase();
    finish();
    expect(outcome(await answer)).toEqual([503, 'database.unavailable']);
    expect(warehouse.spooled()).toEqual([]);
    await warehouse.startDatabase();
    expect(outcome(await sendUpload(warehouse.url, sent.body))).toEqual([200, 'accepted']);
  });

  it('waits for the database: 503 while it is down, and the same upload works later', async () => {
    const sent = upload({ project: 'outage', content: new Uint8Array(100_000) }, warehouse.clock.nowMs());
    await warehouse.stopDatabase();
    const down = await sendUpload(warehouse.url, sent.body);
    expect(outcome(down)).toEqual([503, 'database.unavailable']);
    expect(down.headers['retry-after']).toBe('5');
    expect(warehouse.spooled()).toEqual([]);
    expect((await send(`${warehouse.url}/readyz`)).status).toBe(503);
    await warehouse.startDatabase();
    expect(outcome(await sendUpload(warehouse.url, sent.body))).toEqual([200, 'accepted']);
    expect(outcome(await sendUpload(warehouse.url, sent.body))).toEqual([200, 'duplicate']);
    const checks = async () => (await send(`${warehouse.url}/readyz`)).json()['checks'];
    // A store without a timestamp may be a disk that is not mounted: no place for uploads.
    await expect.poll(checks, patience).toEqual({ database: 'ok', store: 'store.unavailable' });
    await warehouse.store.replaceIf(timestampKey, utf8('{}'), null);
    expect(await checks()).toEqual({ database: 'ok', store: 'ok' });
  });
});
