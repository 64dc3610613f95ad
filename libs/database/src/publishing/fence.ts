import { QueueError } from '@rind/queue-port';
import type { Sql } from '../sql.ts';

/**
 * Holds the lease row for the rest of the transaction and checks that `fence` is still the newest:
 * nobody can take the lease over between this check and the commit.
 */
export async function assertFence(sql: Sql, fence: number): Promise<number> {
  const { rows } = await sql.query<{ fence: string; now_ms: string }>(
    `SELECT fence, floor(extract(epoch FROM clock_timestamp()) * 1000) AS now_ms
       FROM signer.lease WHERE name = 'writer' FOR SHARE`,
  );
  const row = rows[0];
  if (row === undefined || Number(row.fence) !== fence) {
    throw new QueueError('lease.lost', 'the writer lease has a newer holder', { fence });
  }
  return Number(row.now_ms);
}
