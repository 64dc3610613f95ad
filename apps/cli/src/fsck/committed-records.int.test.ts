import { ensureRoles, migrate, openPool } from '@rind/database';
import type { Pool } from '@rind/database';
import { startTestPostgres } from '@rind/embedded-postgres';
import type { TestPostgres } from '@rind/embedded-postgres';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readRecords } from './committed-records.ts';

let postgres: TestPostgres;
let pool: Pool;

beforeAll(async () => {
  postgres = await startTestPostgres();
  const passwords = { owner: 'o', warehouse: 'w', signer: 's', auth: 'a' };
  await ensureRoles({ superuserUrl: postgres.superuserUrl('postgres'), passwords });
  const ownerUrl = postgres.url('rind_index', 'rind_owner', passwords.owner);
  await migrate({ ownerUrl, which: 'index' });
  pool = openPool(ownerUrl, { max: 2, name: 'test' });
});
afterAll(async () => {
  await pool?.close();
  await postgres?.destroy();
});
beforeEach(() => pool.query('TRUNCATE signer.publication, signer.publication_bin'));

/** A publication of bin 5 with this number as its versions. */
async function publication(version: number, state: 'open' | 'closed' | 'abandoned'): Promise<string> {
  const { rows } = await pool.query<{ id: string }>(
    `INSERT INTO signer.publication (fence, kind, state, snapshot_version, timestamp_version)
     VALUES (1, 'changes', $2, $1, $1) RETURNING id`,
    [version, state],
  );
  const { id } = rows[0]!;
  await pool.query('INSERT INTO signer.publication_bin (publication_id, idx, version) VALUES ($1, 5, $2)', [
    id,
    version,
  ]);
  return id;
}

async function unpublished(
  records: Awaited<ReturnType<typeof readRecords>>,
): Promise<{ snapshots: number[]; bins: number[] }> {
  const { snapshots, bins } = await records.unpublished();
  return { snapshots: [...snapshots].sort(), bins: [...(bins.get(5) ?? [])].sort() };
}

describe('numbers that were not published when the records were read', () => {
  it('are those of publications that were abandoned', async () => {
    await publication(1, 'closed');
    await publication(2, 'abandoned');
    await publication(3, 'closed');
    expect(await unpublished(await readRecords(pool))).toEqual({ snapshots: [2], bins: [2] });
  });

  it('are those of one that was under way, also when it has ended since', async () => {
    await publication(1, 'closed');
    const id = await publication(2, 'open');
    const records = await readRecords(pool);
    expect(await unpublished(records)).toEqual({ snapshots: [2], bins: [2] });
    await pool.query(`UPDATE signer.publication SET state = 'closed' WHERE id = $1`, [id]);
    expect(await unpublished(records)).toEqual({ snapshots: [2], bins: [2] });
    expect(await unpublished(await readRecords(pool))).toEqual({ snapshots: [], bins: [] });
  });

  it('are those of one that began and ended since', async () => {
    await publication(1, 'closed');
    const records = await readRecords(pool);
    await publication(2, 'closed');
    expect(await unpublished(records)).toEqual({ snapshots: [2], bins: [2] });
  });
});

it('the newest timestamp is that of the moment in which it is asked for', async () => {
  await publication(1, 'closed');
  const records = await readRecords(pool);
  expect(await records.latestTimestamp()).toBe(1);
  await publication(3, 'abandoned');
  expect(await records.latestTimestamp()).toBe(1);
  await publication(2, 'open');
  expect(await records.latestTimestamp()).toBe(2);
});
