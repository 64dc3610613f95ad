import type { HeldLease, Lease } from '@rind/queue-port';
import type { Sql } from '../sql.ts';

/** The writer lease in `signer.lease`. All times are the database's. */
export class DatabaseLease implements Lease {
  private readonly sql: Sql;

  constructor(sql: Sql) {
    this.sql = sql;
  }

  async acquire(holder: string, ttlMs: number): Promise<HeldLease | null> {
    const { rows } = await this.sql.query<{ fence: string; now_ms: string }>(
      `UPDATE signer.lease
          SET holder = $1, fence = fence + 1, expires_at = clock_timestamp() + $2 * interval '1 millisecond'
        WHERE name = 'writer' AND (holder IS NULL OR expires_at < clock_timestamp())
        RETURNING fence, floor(extract(epoch FROM clock_timestamp()) * 1000) AS now_ms`,
      [holder, ttlMs],
    );
    const row = rows[0];
    return row === undefined ? null : { fence: Number(row.fence), databaseNowMs: Number(row.now_ms) };
  }

  async renew(fence: number, ttlMs: number): Promise<boolean> {
    const { rowCount } = await this.sql.query(
      `UPDATE signer.lease SET expires_at = clock_timestamp() + $2 * interval '1 millisecond'
        WHERE name = 'writer' AND fence = $1 AND holder IS NOT NULL`,
      [fence, ttlMs],
    );
    return rowCount === 1;
  }

  async release(fence: number): Promise<void> {
    await this.sql.query(
      `UPDATE signer.lease SET holder = NULL, expires_at = '-infinity' WHERE name = 'writer' AND fence = $1`,
      [fence],
    );
  }
}
