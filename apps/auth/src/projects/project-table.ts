import type { Sql } from '@rind/database';
import { uuidV4 } from '@rind/kernel';
import type { Clock, ProjectName, Randomness } from '@rind/kernel';
import type { ProjectRole } from '../authorization/decide.ts';

export interface ProjectAccess {
  readonly projectId: string;
  /** Of the account asked about. */
  readonly role: ProjectRole | null;
}

/**
 * The project as one account sees it; null when nobody has it. Inside a transaction the row stays as it is until
 * the end: the removal of a project waits for grants under way, and they for it.
 */
export async function accessTo(
  sql: Sql,
  project: ProjectName,
  accountId: string,
): Promise<ProjectAccess | null> {
  const { rows } = await sql.query<{ id: string }>('SELECT id FROM auth.project WHERE name = $1 FOR SHARE', [
    project,
  ]);
  const found = rows[0];
  if (found === undefined) return null;
  const roles = await sql.query<{ role: ProjectRole }>(
    'SELECT role FROM auth.role WHERE project = $1 AND account_id = $2',
    [project, accountId],
  );
  return { projectId: found.id, role: roles.rows[0]?.role ?? null };
}

/** Makes the project with one owner. False when somebody was faster: then their transaction is over. */
export async function createProject(
  sql: Sql,
  project: ProjectName,
  ownerId: string,
  parts: { clock: Clock; randomness: Randomness },
): Promise<boolean> {
  const { rowCount } = await sql.query(
    'INSERT INTO auth.project (name, id, created_at) VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING',
    [project, uuidV4(parts.randomness), new Date(parts.clock.nowMs())],
  );
  if (rowCount !== 1) return false;
  await sql.query(`INSERT INTO auth.role (project, account_id, role) VALUES ($1, $2, 'owner')`, [
    project,
    ownerId,
  ]);
  return true;
}

/**
 * Gives the name back when no grant for it is left that was not voided: a refused upload must not occupy a name.
 * Its roles go with it. True when it was removed.
 */
export async function removeIfUnused(sql: Sql, project: string): Promise<boolean> {
  await sql.query('SELECT 1 FROM auth.project WHERE name = $1 FOR UPDATE', [project]);
  const { rowCount } = await sql.query(
    `DELETE FROM auth.project WHERE name = $1 AND NOT EXISTS (
       SELECT 1 FROM auth.grant_log g WHERE g.project = $1
         AND NOT EXISTS (SELECT 1 FROM auth.grant_void v WHERE v.grant_id = g.id))`,
    [project],
  );
  return rowCount === 1;
}

/** The ids of those of the projects that exist, by name. */
export async function projectIds(
  sql: Sql,
  projects: readonly ProjectName[],
): Promise<ReadonlyMap<string, string>> {
  const { rows } = await sql.query<{ name: string; id: string }>(
    'SELECT name, id FROM auth.project WHERE name = ANY($1)',
    [projects],
  );
  return new Map(rows.map(({ name, id }) => [name, id]));
}
