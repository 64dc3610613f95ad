import type { Faults } from './faults.ts';

/** What of a database's statements is needed here; a pool of any kind fits. */
export interface FaultableSql {
  query<Row extends object>(
    text: string,
    values?: readonly unknown[],
  ): Promise<{ rows: Row[]; rowCount: number | null }>;
}

export interface FaultablePool extends FaultableSql {
  transaction<Result>(work: (sql: FaultableSql) => Promise<Result>): Promise<Result>;
}

/** A transaction that fails does so at one of its first statements, or before its commit when it has fewer. */
const statementsAtRisk = 8;

/**
 * The same pool, of which some statements and some transactions fail, stall or lose their reply. A transaction is one
 * call: it fails at one statement, which rolls it back, or is committed and nobody hears of it. What is no statement,
 * such as `listen`, stays as it is.
 * @param unavailable the pool's own error of a connection that was lost
 */
export function faultySql<Pool extends FaultablePool>(
  pool: Pool,
  faults: Faults,
  unavailable: () => Error,
): Pool {
  const faulty: FaultablePool = {
    query: (text, values) => faults.call('db', () => pool.query(text, values), unavailable),
    async transaction(work) {
      const fault = faults.next('db');
      if (fault === 'stall') await faults.stall();
      if (fault === 'fail')
        return pool.transaction(failingAt(faults.choose(statementsAtRisk), work, unavailable));
      const result = await pool.transaction(work);
      if (fault === 'lost') throw unavailable();
      return result;
    },
  };
  return { ...pool, ...faulty };
}

/** @param statement counted from 0 */
function failingAt<Result>(
  statement: number,
  work: (sql: FaultableSql) => Promise<Result>,
  unavailable: () => Error,
): (sql: FaultableSql) => Promise<never> {
  return async (sql) => {
    let left = statement;
    await work({
      query: (text, values) => {
        if (left-- === 0) throw unavailable();
        return sql.query(text, values);
      },
    });
    throw unavailable();
  };
}
