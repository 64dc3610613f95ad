import type { Sql } from '@rind/database';
import type { GivenNotice } from './offline-notice.ts';

/** What `role.expiring` was raised for in the last year and a half: no version of a role is older. */
export async function givenNotices(sql: Sql): Promise<readonly GivenNotice[]> {
  const { rows } = await sql.query<{ role: string; version: string; days: string }>(
    `SELECT target AS role, detail->>'version' AS version, detail->>'days' AS days
       FROM signer.audit
      WHERE event = 'role.expiring' AND at > now() - interval '18 months'`,
  );
  return rows.map(({ role, version, days }) => ({ role, version: Number(version), days: Number(days) }));
}
