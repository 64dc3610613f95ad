import { DatabaseLease, DatabasePublicationLog } from '@rind/database';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { refreshPlan } from '../../src/publishing/plan.ts';
import type { SimulatedIndex } from '../simulation/simulated-index.ts';
import { startSmallIndex } from './small-index.ts';

let index: SimulatedIndex;
let log: DatabasePublicationLog;
let former: number;
let present: number;
let id: number;

const prepared = { bins: [], timestampSha256: '0'.repeat(64), signatures: [] };
const closed = { snapshotExpiresMs: 1, timestampExpiresMs: 1, durationMs: null };

beforeAll(async () => {
  index = await startSmallIndex();
});
afterAll(() => index?.destroy());

beforeEach(async () => {
  log = new DatabasePublicationLog(index.signer);
  const lease = new DatabaseLease(index.signer);
  former = (await lease.acquire('former', 60_000))!.fence;
  id = (await log.open(former, refreshPlan([0], 0).record)).id;
  await index.owner.query(`UPDATE signer.lease SET expires_at = clock_timestamp() - interval '1 second'`);
  present = (await lease.acquire('present', 60_000))!.fence;
});

afterEach(async () => {
  await index.owner.query(`UPDATE signer.lease SET fence = $1, holder = NULL`, [present]);
  for (const { id: left } of await log.unfinished()) await log.abandon(present, left, 'end of the test');
});

/** Everything that a signer writes. */
const writes: [string, () => Promise<unknown>][] = [
  ['open another publication', () => log.open(former, refreshPlan([1], 0).record)],
  ['prepare the one it had', () => log.prepare(former, id, prepared)],
  ['close it', () => log.close(former, id, closed)],
  ['abandon it', () => log.abandon(former, id, 'late')],
  ['set requests aside', () => log.setAside(former, [])],
  ['raise a number', () => log.raiseNextVersion(former, 'timestamp', 1_000)],
];

const state = () =>
  index.owner.query(
    `SELECT (SELECT jsonb_agg(p ORDER BY id) FROM signer.publication AS p) AS publications,
            (SELECT jsonb_agg(r ORDER BY name) FROM signer.role AS r) AS roles`,
  );

describe('Work that outlives its lease', () => {
  it.each(writes)('cannot %s', async (_what, write) => {
    const before = await state();
    await expect(write()).rejects.toMatchObject({ code: 'lease.lost' });
    expect((await state()).rows).toEqual(before.rows);
  });

  it.each(writes.filter(([what]) => what !== 'close it'))(
    'could %s if a hand-over did not move the fence, which this test notices',
    async (_what, write) => {
      await index.owner.query(`UPDATE signer.lease SET fence = $1`, [former]);
      await expect(write()).resolves.not.toThrow();
    },
  );
});
