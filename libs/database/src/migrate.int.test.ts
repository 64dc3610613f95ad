import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer } from '../test-support/real-databases.ts';
import type { TestPostgres } from '../test-support/real-databases.ts';
import { migrate } from './migrate.ts';
import { openPool } from './pool.ts';
import type { Pool } from './pool.ts';
import { ensureRoles } from './roles.ts';

const passwords = { owner: 'owner', warehouse: 'warehouse', signer: 'signer', auth: 'auth' };
let postgres: TestPostgres;
let owner: Pool;
const ownerUrl = (database: string): string => postgres.url(database, 'rind_owner', passwords.owner);

beforeAll(async () => {
  postgres = await startServer();
});

afterAll(async () => {
  await owner?.close();
  await postgres?.destroy();
});

describe('databases and roles', () => {
  it('are made by several callers at once, and again', async () => {
    const superuserUrl = postgres.superuserUrl('postgres');
    await Promise.all([1, 2, 3].map(() => ensureRoles({ superuserUrl, passwords })));
    await ensureRoles({ superuserUrl, passwords });
    owner = openPool(ownerUrl('rind_index'), { max: 2, name: 'test' });
    expect((await owner.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  });

  it('take a new password, and refuse the old one', async () => {
    const superuserUrl = postgres.superuserUrl('postgres');
    await ensureRoles({ superuserUrl, passwords: { ...passwords, signer: 'changed-!"\'\\$%' } });
    const old = openPool(postgres.url('rind_index', 'rind_signer', passwords.signer), {
      max: 1,
      name: 'test',
    });
    await expect(old.query('SELECT 1')).rejects.toMatchObject({
      code: 'database.failed',
      details: { sqlState: '28P01' },
    });
    await old.close();
    const url = postgres.url('rind_index', 'rind_signer', 'changed-!"\'\\$%');
    const changed = openPool(url, { max: 1, name: 'test' });
    expect((await changed.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    await changed.close();
  });

  it('refuse a password that SCRAM would have to normalise', async () => {
    const superuserUrl = postgres.superuserUrl('postgres');
    const attempt = ensureRoles({ superuserUrl, passwords: { ...passwords, auth: 'pässword' } });
    await expect(attempt).rejects.toMatchObject({ code: 'database.failed' });
  });
});

describe('migrations', () => {
  it('are applied once by two migrators at once', async () => {
    const both = await Promise.all(
      [1, 2].map(() => migrate({ ownerUrl: ownerUrl('rind_index'), which: 'index' })),
    );
    const names = both.flat();
    expect(names.length).toBeGreaterThan(0);
    expect(new Set(names).size).toBe(names.length);
    const { rows } = await owner.query<{ migration_name: string; checksum: string }>(
      `SELECT migration_name, checksum FROM _prisma_migrations WHERE finished_at IS NOT NULL ORDER BY migration_name`,
    );
    expect(rows.map((row) => row.migration_name)).toEqual([...names].sort());
    for (const row of rows) expect(row.checksum).toMatch(/^[0-9a-f]{64}$/);
  });

  it('change nothing the second time, and tell only what they applied', async () => {
    const told: string[] = [];
    const log = (name: string): void => void told.push(name);
    expect(await migrate({ ownerUrl: ownerUrl('rind_index'), which: 'index', log })).toEqual([]);
    expect(told).toEqual([]);
    const applied = await migrate({ ownerUrl: ownerUrl('rind_auth'), which: 'auth', log });
    expect(told).toEqual(applied);
    expect(applied.length).toBeGreaterThan(0);
  });

  it.each([
    [`checksum = repeat('0', 64)`, 'database.migration-edited'],
    [`finished_at = NULL`, 'database.migration-unfinished'],
  ])('stop where %s', async (change, code) => {
    const { rows } = await owner.query<{ id: string; checksum: string }>(
      `SELECT id, checksum FROM _prisma_migrations ORDER BY migration_name LIMIT 1`,
    );
    const first = rows[0]!;
    await owner.query(`UPDATE _prisma_migrations SET ${change} WHERE id = $1`, [first.id]);
    await expect(migrate({ ownerUrl: ownerUrl('rind_index'), which: 'index' })).rejects.toMatchObject({
      code,
    });
    await owner.query(`UPDATE _prisma_migrations SET checksum = $2, finished_at = now() WHERE id = $1`, [
      first.id,
      first.checksum,
    ]);
    expect(await migrate({ ownerUrl: ownerUrl('rind_index'), which: 'index' })).toEqual([]);
  });

  it('need the owner', async () => {
    const url = postgres.url('rind_index', 'rind_warehouse', passwords.warehouse);
    await expect(migrate({ ownerUrl: url, which: 'index' })).rejects.toMatchObject({
      code: 'database.denied',
    });
  });
});
