import pg from 'pg';
import { isRindError } from '@rind/kernel';
import { toDatabaseError } from './errors.ts';
import { listenTo } from './listener.ts';
import type { Listener } from './listener.ts';
import type { Sql, TransactionalSql } from './sql.ts';

export interface PoolOptions {
  /** Connections at most. */
  readonly max: number;
  /** Shown in pg_stat_activity. */
  readonly name: string;
  readonly statementTimeoutMs?: number;
}

/** A pool whose errors are `DatabaseError`. */
export interface Pool extends TransactionalSql {
  /** Calls `handler` for each notification, and once after every (re)connection: some may have been missed. */
  listen(channel: string, handler: (payload: string) => void): Promise<Listener>;
  close(): Promise<void>;
}

const maxSerializationRetries = 3;

export function openPool(url: string, options: PoolOptions): Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.max,
    application_name: `rind-${options.name}`,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 30_000,
    statement_timeout: options.statementTimeoutMs ?? 60_000,
  });
  // An idle connection that the server cut is replaced by the pool; without a listener it would end the process.
  pool.on('error', () => {});
  return {
    query: (text, values) => run(pool, text, values),
    transaction: (work) => transaction(pool, work),
    listen: (channel, handler) => listenTo(url, options.name, channel, handler),
    close: () => pool.end(),
  };
}

async function run<Row extends object>(
  target: pg.Pool | pg.PoolClient,
  text: string,
  values: readonly unknown[] = [],
): Promise<{ rows: Row[]; rowCount: number | null }> {
  try {
    const { rows, rowCount } = await target.query<Row>(text, [...values]);
    return { rows, rowCount };
  } catch (error) {
    throw toDatabaseError(error);
  }
}

async function transaction<Result>(pool: pg.Pool, work: (sql: Sql) => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await once(pool, work);
    } catch (error) {
      if (!isRindError(error, 'database.serialization') || attempt >= maxSerializationRetries) throw error;
    }
  }
}

async function once<Result>(pool: pg.Pool, work: (sql: Sql) => Promise<Result>): Promise<Result> {
  const client = await pool.connect().catch((error: unknown) => {
    throw toDatabaseError(error);
  });
  let broken: Error | undefined;
  try {
    const sql: Sql = { query: (text, values) => run(client, text, values) };
    await sql.query('BEGIN');
    const result = await work(sql);
    await sql.query('COMMIT');
    return result;
  } catch (error) {
    // A connection that cannot even roll back is thrown away; the server rolls back by itself.
    await client.query('ROLLBACK').catch((failure: Error) => (broken = failure));
    throw error;
  } finally {
    client.release(broken);
  }
}
