import type { Pool } from '@rind/database';
import { retry } from './retry.ts';
import type { RetryOptions } from './retry.ts';

const passing: ReadonlySet<string> = new Set(['database.unavailable', 'database.serialization']);
const reads = /^\s*SELECT\b/;

/**
 * The same pool, of which statements that only read are made again when they fail in a way that passes: planning a
 * batch asks many things. Transactions are not, and neither is what writes: the publication knows what to make of them.
 */
export function retryingReads(pool: Pool, options: RetryOptions = {}): Pool {
  return {
    ...pool,
    query: (text, values) =>
      reads.test(text) ? retry(passing, () => pool.query(text, values), options) : pool.query(text, values),
  };
}
