import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { upload } from '../../test/upload-client.ts';
import { gateSecret, startWarehouse } from '../../test/warehouse-fixture.ts';
import type { WarehouseFixture } from '../../test/warehouse-fixture.ts';

let warehouse: WarehouseFixture;
beforeAll(async () => void (warehouse = await startWarehouse({ signOfLifeMs: 20 })));
afterAll(() => warehouse?.stop());

/** Sends an upload; `signs` grows while it is worked on. */
function sendWatched(body: Uint8Array): { answer: Promise<number | undefined>; signs: number[] } {
  const signs: number[] = [];
  const outgoing = request(`${warehouse.url}/internal/uploads`, {
    method: 'POST',
    agent: false,
    headers: {
      Authorization: `Bearer ${gateSecret}`,
      'Content-Type': 'application/vnd.rind.upload',
      'Content-Length': body.length,
    },
  });
  outgoing.on('information', ({ statusCode }) => signs.push(statusCode));
  const answer = new Promise<number | undefined>((resolve, reject) => {
    outgoing.once('error', reject);
    outgoing.once('response', (response) => {
      response.resume().once('end', () => resolve(response.statusCode));
    });
  });
  outgoing.end(body);
  return { answer, signs };
}

describe('an upload that takes its time', () => {
  it('is answered after signs of life', async () => {
    const { filename, body } = upload({ project: 'patient' }, warehouse.clock.nowMs());
    const { answer, signs } = await warehouse.admin.transaction(async (sql) => {
      await sql.query(`SELECT pg_advisory_xact_lock(hashtextextended($1, 8458))`, [filename]);
      const sent = sendWatched(body);
      await expect.poll(() => sent.signs.length, { timeout: 10_000 }).toBeGreaterThan(2);
      // Not the promise of the answer: it would be waited for under the lock.
      return { answer: () => sent.answer, signs: sent.signs };
    });
    expect(await answer()).toBe(200);
    expect(new Set(signs)).toEqual(new Set([102]));
  });

  it('gives none once it is answered', async () => {
    const { body } = upload({ project: 'quick' }, warehouse.clock.nowMs());
    const { answer, signs } = sendWatched(body);
    expect(await answer).toBe(200);
    const before = signs.length;
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(signs).toHaveLength(before);
  });
});
