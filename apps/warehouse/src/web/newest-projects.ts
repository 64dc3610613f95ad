import type { Sql } from '@rind/database';

/** Projects with the newest published uploads, newest first. */
export async function newestProjects(sql: Sql, limit: number): Promise<string[]> {
  // The newest uploads by index, and from them the projects: the tables may have millions of rows.
  const { rows } = await sql.query<{ name: string }>(
    `SELECT p.project AS name
       FROM (SELECT target_path, accepted_at FROM warehouse.upload ORDER BY accepted_at DESC LIMIT 200) u
       JOIN signer.path p ON p.target_path = u.target_path AND p.state = 'live'
       JOIN signer.project s ON s.name = p.project AND s.page_sha256 IS NOT NULL AND s.status <> 'quarantined'
      GROUP BY p.project ORDER BY max(u.accepted_at) DESC LIMIT $1`,
    [limit],
  );
  return rows.map(({ name }) => name);
}
