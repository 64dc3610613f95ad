import { DatabaseLease } from '@rind/database';
import type { Sql } from '@rind/database';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SimulatedIndex } from '../simulation/simulated-index.ts';
import { startSmallIndex } from './small-index.ts';

let index: SimulatedIndex;
let lease: DatabaseLease;
beforeAll(async () => {
  index = await startSmallIndex();
  lease = new DatabaseLease(index.signer);
});
beforeEach(() => index.owner.query(`UPDATE signer.lease SET holder = NULL, expires_at = '-infinity'`));
afterAll(() => index?.destroy());

/** The lease runs out, and another signer takes it. */
async function handOver(): Promise<{ former: number; present: number }> {
  const former = await lease.acquire('former', 60_000);
  await index.owner.query(`UPDATE signer.lease SET expires_at = clock_timestamp() - interval '1 second'`);
  const present = await lease.acquire('present', 60_000);
  return { former: former!.fence, present: present!.fence };
}

async function holder(): Promise<string | null> {
  const { rows } = await index.owner.query<{ holder: string | null }>(`SELECT holder FROM signer.lease`);
  return rows[0]!.holder;
}

describe('The lease', () => {
  it('cannot be given back, or kept, by somebody who had it before', async () => {
    const { former } = await handOver();
    await lease.release(former);
    expect(await lease.renew(former, 60_000)).toBe(false);
    expect(await holder()).toBe('present');
    expect(await lease.acquire('third', 60_000)).toBeNull();
  });

  it('is given back by the one that holds it', async () => {
    const { present } = await handOver();
    await lease.release(present);
    expect(await holder()).toBeNull();
  });

  it('would be freed by anybody without the fence, which this test notices', async () => {
    const { former } = await handOver();
    const withoutFence: Sql = {
      query: (text: string, values?: readonly unknown[]) =>
        index.signer.query(text.replace('AND fence = $1', 'AND $1::bigint IS NOT NULL'), values as never),
    } as Sql;
    await new DatabaseLease(withoutFence).release(former);
    expect(await holder()).toBeNull();
  });
});
