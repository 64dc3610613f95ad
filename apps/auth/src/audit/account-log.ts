import type { Sql } from '@rind/database';

/** What a person is told of what happened to them. */
export interface LogEntry {
  readonly at: Date;
  readonly event: string;
  /** IP address where it came from, if it came by the web. */
  readonly address: string | null;
}

const mostEntries = 100;

/** A person's own part of the audit log, the newest first. */
export async function accountLog(sql: Sql, accountId: string): Promise<LogEntry[]> {
  const { rows } = await sql.query<{ at: Date; event: string; address: string | null }>(
    `SELECT at, event, detail->>'address' AS address FROM auth.audit
      WHERE account_id = $1 ORDER BY id DESC LIMIT $2`,
    [accountId, mostEntries],
  );
  return rows;
}
