import { unprovenReason } from '@rind/queue-port';
import type { UnprovenBinRecord, UnprovenLog } from '@rind/queue-port';
import { assertFence } from './fence.ts';
import { unnest } from './rows.ts';
import type { TransactionalSql } from '../sql.ts';

/** Bins that cannot be built in `signer.unproven_bin`, and the rows of the outbox that wait for them. */
export class DatabaseUnprovenLog implements UnprovenLog {
  private readonly sql: TransactionalSql;

  constructor(sql: TransactionalSql) {
    this.sql = sql;
  }

  async unprovenBins(): Promise<UnprovenBinRecord[]> {
    const { rows } = await this.sql.query<UnprovenBinRecord>(
      `SELECT idx, reason FROM signer.unproven_bin ORDER BY idx`,
    );
    return rows;
  }

  recordUnproven(fence: number, bins: readonly UnprovenBinRecord[]): Promise<void> {
    const [indexes, reasons] = [bins.map(({ idx }) => idx), bins.map(({ reason }) => reason)];
    return this.sql.transaction(async (sql) => {
      await assertFence(sql, fence);
      await sql.query(`DELETE FROM signer.unproven_bin WHERE idx <> ALL($1::integer[])`, [indexes]);
      await sql.query(
        `INSERT INTO signer.unproven_bin (idx, reason) SELECT * FROM ${unnest(['integer', 'text'], 1)}
         ON CONFLICT (idx) DO NOTHING`,
        [indexes, reasons],
      );
      await sql.query(
        `UPDATE signer.outbox SET reason = NULL WHERE state = 'pending' AND reason = '${unprovenReason}'`,
      );
    });
  }

  holdRows(fence: number, outboxIds: readonly number[]): Promise<void> {
    return this.sql.transaction(async (sql) => {
      await assertFence(sql, fence);
      await sql.query(
        `UPDATE signer.outbox SET reason = '${unprovenReason}' WHERE id = ANY($1::bigint[]) AND state = 'pending'`,
        [outboxIds],
      );
    });
  }
}
