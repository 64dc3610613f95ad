import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { startServer } from '../test-support/real-databases.ts';
import type { TestPostgres } from '../test-support/real-databases.ts';
import { openPool } from './pool.ts';
import type { Pool } from './pool.ts';

let postgres: TestPostgres;
let pool: Pool;
let other: Pool;

beforeAll(async () => {
  postgres = await startServer();
  const url = postgres.superuserUrl('postgres');
  pool = openPool(url, {
    max: 4,
    name: 'subject',
    idleInTransactionTimeoutMs: 500,
    statementTimeoutMs: 2_000,
  });
  other = openPool(url, { max: 4, name: 'other' });
  await pool.query('CREATE TABLE counter (id int PRIMARY KEY, n int NOT NULL)');
});

beforeEach(async () => {
  await other.query('DELETE FROM counter');
  await other.query('INSERT INTO counter VALUES (1, 0), (2, 0)');
});

afterAll(async () => {
  await pool?.close();
  await other?.close();
  await postgres?.destroy();
});

const count = async (id: number): Promise<number> => {
  const { rows } = await other.query<{ n: number }>('SELECT n FROM counter WHERE id = $1', [id]);
  return rows[0]!.n;
};
/** Ends the connections of an application name, as a failing network would. */
const cut = (name: string): Promise<unknown> =>
  other.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1', [name]);

describe('a transaction', () => {
  it('is there as a whole when its work is done', async () => {
    const result = await pool.transaction(async (sql) => {
      await sql.query('UPDATE counter SET n = 5 WHERE id = 1');
      await sql.query('UPDATE counter SET n = 6 WHERE id = 2');
      return 'done';
    });
    expect([result, await count(1), await count(2)]).toEqual(['done', 5, 6]);
  });

  it('is not there at all when its work throws, and the error is the one thrown', async () => {
    const error = new Error('mine');
    const attempt = pool.transaction(async (sql) => {
      await sql.query('UPDATE counter SET n = 5 WHERE id = 1');
      throw error;
    });
    await expect(attempt).rejects.toBe(error);
    expect(await count(1)).toBe(0);
  });

  it('that swallowed a failed statement does not pass for committed', async () => {
    const attempt = pool.transaction(async (sql) => {
      await sql.query('UPDATE counter SET n = 5 WHERE id = 1');
      await sql.query('SELECT 1/0').catch(() => {});
    });
    await expect(attempt).rejects.toMatchObject({ code: 'database.failed', details: { sqlState: '25P02' } });
    expect(await count(1)).toBe(0);
  });

  it('that lost against another is done again from the start', async () => {
    let attempts = 0;
    await pool.transaction(async (sql) => {
      attempts++;
      await sql.query('SET TRANSACTION ISOLATION LEVEL SERIALIZABLE');
      const { rows } = await sql.query<{ n: number }>('SELECT n FROM counter WHERE id = 1');
      if (attempts === 1) await other.query('UPDATE counter SET n = 10 WHERE id = 1');
      await sql.query('UPDATE counter SET n = $1 WHERE id = 1', [rows[0]!.n + 1]);
    });
    expect([attempts, await count(1)]).toEqual([2, 11]);
  });

  it('that loses every time gives up', async () => {
    let attempts = 0;
    const attempt = pool.transaction(async (sql) => {
      attempts++;
      await sql.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ');
      await sql.query('SELECT n FROM counter WHERE id = 1');
      await other.query('UPDATE counter SET n = n + 1 WHERE id = 1');
      await sql.query('UPDATE counter SET n = 0 WHERE id = 1');
    });
    await expect(attempt).rejects.toMatchObject({ code: 'database.serialization' });
    expect([attempts, await count(1)]).toEqual([3, 3]);
  });

  it('of a process that stands still does not keep its locks', async () => {
    const attempt = pool.transaction(async (sql) => {
      await sql.query('UPDATE counter SET n = 5 WHERE id = 1');
      await pause(1_500);
      await sql.query('UPDATE counter SET n = 6 WHERE id = 1');
    });
    const refused = expect(attempt).rejects.toMatchObject({ code: 'database.unavailable' });
    await pause(100);
    await other.query('UPDATE counter SET n = 1 WHERE id = 1');
    await refused;
    expect(await count(1)).toBe(1);
  });
});

describe('a pool', () => {
  it.each([
    [
      'a unique constraint',
      'INSERT INTO counter VALUES (1, 1)',
      'database.conflict',
      { constraint: 'counter_pkey' },
    ],
    ['a wrong statement', 'SELECT nothing', 'database.failed', { sqlState: '42703' }],
    ['a statement that takes too long', 'SELECT pg_sleep(5)', 'database.unavailable', { sqlState: '57014' }],
    [
      'a connection cut in the middle',
      'SELECT pg_terminate_backend(pg_backend_pid())',
      'database.unavailable',
      { sqlState: '57P01' },
    ],
  ])('reports %s, and works on', async (_, statement, code, details) => {
    await expect(pool.query(statement)).rejects.toMatchObject({ code, details });
    expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  });

  it('outlives connections cut while idle', async () => {
    await pool.query('SELECT 1');
    await cut('rind-subject');
    await vi.waitFor(async () => expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]));
  });

  it('says so when nothing listens there', async () => {
    const nowhere = openPool('postgres://x:y@127.0.0.1:1/z', { max: 1, name: 'test' });
    await expect(nowhere.query('SELECT 1')).rejects.toMatchObject({ code: 'database.unavailable' });
    await expect(nowhere.listen('rind_test', () => {})).rejects.toMatchObject({
      code: 'database.unavailable',
    });
    await nowhere.close();
  });

  it('answers within the time when every connection is busy', async () => {
    const small = openPool(postgres.superuserUrl('postgres'), { max: 1, name: 'small' });
    const busy = small.query('SELECT pg_sleep(6)');
    await expect(small.query('SELECT 1')).rejects.toMatchObject({ code: 'database.unavailable' });
    await busy;
    await small.close();
  });
});

describe('a listener', () => {
  it('hears what is sent, and only on its channel', async () => {
    const heard: string[] = [];
    const listener = await pool.listen('rind_test', (payload) => heard.push(payload));
    expect(heard).toEqual(['']);
    await other.query(`SELECT pg_notify('rind_other', 'no'), pg_notify('rind_test', 'yes')`);
    await vi.waitFor(() => expect(heard).toEqual(['', 'yes']));
    await listener.close();
  });

  it('hears nothing of a transaction that was rolled back', async () => {
    const heard: string[] = [];
    const listener = await pool.listen('rind_test', (payload) => heard.push(payload));
    await other
      .transaction(async (sql) => {
        await sql.query(`SELECT pg_notify('rind_test', 'undone')`);
        throw new Error('undo');
      })
      .catch(() => {});
    await other.query(`SELECT pg_notify('rind_test', 'done')`);
    await vi.waitFor(() => expect(heard).toEqual(['', 'done']));
    await listener.close();
  });

  it('comes back when it is cut, says so once, and hears again', async () => {
    const heard: string[] = [];
    const listener = await pool.listen('rind_test', (payload) => heard.push(payload));
    await cut('rind-subject-listen');
    await vi.waitFor(() => expect(heard).toEqual(['', '']), { timeout: 5_000 });
    await other.query(`SELECT pg_notify('rind_test', 'again')`);
    await vi.waitFor(() => expect(heard).toEqual(['', '', 'again']));
    await listener.close();
  });

  it('leaves no connection behind, closed at work or while it tries to come back', async () => {
    const listening = async (): Promise<number> => {
      const { rows } = await other.query(
        `SELECT 1 FROM pg_stat_activity WHERE application_name = 'rind-subject-listen'`,
      );
      return rows.length;
    };
    const first = await pool.listen('rind_test', () => {});
    const second = await pool.listen('rind_test', () => {});
    expect(await listening()).toBe(2);
    await first.close();
    await cut('rind-subject-listen');
    await vi.waitFor(async () => expect(await listening()).toBe(0), { interval: 5 });
    await second.close();
    await pause(500);
    expect(await listening()).toBe(0);
  });

  it('takes plain names for channels only', async () => {
    await expect(pool.listen('a; DROP TABLE counter', () => {})).rejects.toMatchObject({
      code: 'database.failed',
    });
  });
});

describe('a server that was killed', () => {
  it('is back on its port, and pool and listener find it', async () => {
    const heard: string[] = [];
    const listener = await pool.listen('rind_test', (payload) => heard.push(payload));
    await other.query('UPDATE counter SET n = 7 WHERE id = 1');
    const killed = postgres.pid!;
    process.kill(killed, 'SIGKILL');
    await vi.waitFor(() => expect(heard).toEqual(['', '']), { timeout: 20_000, interval: 50 });
    expect(postgres.pid).not.toBe(killed);
    await vi.waitFor(async () => expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]), {
      timeout: 5_000,
    });
    await other.query(`SELECT pg_notify('rind_test', 'again')`);
    await vi.waitFor(() => expect(heard).toEqual(['', '', 'again']));
    await listener.close();
  });
});
