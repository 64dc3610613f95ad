import pg from 'pg';
import { isRindError } from '@rind/kernel';
import { DatabaseError } from './errors.ts';
import { listenTo } from './listener.ts';
import type { Listener } from './listener.ts';
import type { Sql, TransactionalSql } from './sql.ts';
import { toDatabaseError } from './to-database-error.ts';

export interface PoolOptions {
  /** Connections at most; who finds none free waits 5 s, then `database.unavailable`. */
  readonly max: number;
  /** Shown in pg_stat_activity. */
  readonly name: string;
  /** 60 s unless said otherwise; 0: no limit. */
  readonly statementTimeoutMs?: number;
  /** 10 s unless said otherwise: after that long without a statement the server rolls a transaction back. */
  readonly idleInTransactionTimeoutMs?: number;
}

/** A pool whose errors are `DatabaseError`. */
export interface Pool extends TransactionalSql {
  /** Calls `handler` for each notification, and once after every (re)connection: some may have been missed. */
  listen(channel: string, handler: (payload: string) => void): Promise<Listener>;
  close(): Promise<void>;
}

const maxAttempts = 3;
/** Beyond the server's own limit: a server that was stopped, or a network that was cut, says nothing at all. */
const silenceMs = 2_000;

export function openPool(url: string, options: PoolOptions): Pool {
  const statementTimeoutMs = options.statementTimeoutMs ?? 60_000;
  const pool = new pg.Pool({
    connectionString: url,
    max: options.max,
    application_name: `rind-${options.name}`,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    statement_timeout: statementTimeoutMs,
    ...(statementTimeoutMs === 0 ? {} : { query_timeout: statementTimeoutMs + silenceMs }),
    // A process that is stopped inside a transaction must not keep its row locks: others wait for them.
    idle_in_transaction_session_timeout: options.idleInTransactionTimeoutMs ?? 10_000,
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

/** Runs `work` again, from the start, when the server chose it as the one to lose against another. */
async function transaction<Result>(pool: pg.Pool, work: (sql: Sql) => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await once(pool, work);
    } catch (error) {
      if (!isRindError(error, 'database.serialization') || attempt === maxAttempts) throw error;
    }
  }
}

async function once<Result>(pool: pg.Pool, work: (sql: Sql) => Promise<Result>): Promise<Result> {
  const client = await pool.connect().catch((error: unknown) => {
    throw toDatabaseError(error);
  });
  let broken: Error | undefined;
  // Between two statements nobody else listens; the next statement reports the loss.
  const onError = (error: Error): void => void (broken = error);
  client.on('error', onError);
  try {
    const sql: Sql = { query: (text, values) => run(client, text, values) };
    await sql.query('BEGIN');
    const result = await work(sql);
    await commit(client);
    return result;
  } catch (error) {
    // A connection that does not answer is thrown away: the server rolls back by itself.
    if (isRindError(error, 'database.unavailable')) broken ??= error;
    else await client.query('ROLLBACK').catch((failure: Error) => (broken = failure));
    throw error;
  } finally {
    client.off('error', onError);
    client.release(broken);
  }
}

/** The server answers COMMIT with ROLLBACK, and without an error, when an earlier statement failed. */
async function commit(client: pg.PoolClient): Promise<void> {
  const { command } = await client.query('COMMIT').catch((error: unknown) => {
    throw toDatabaseError(error);
  });
  if (command === 'COMMIT') return;
  throw new DatabaseError('database.failed', 'a failed transaction cannot be committed', {
    sqlState: '25P02',
  });
}
