import type { Sql } from '@rind/database';
import { constantTimeEqual, uuidV4 } from '@rind/kernel';
import type { Clock, ProjectName, Randomness } from '@rind/kernel';
import type { ProjectRole } from '../authorization/decide.ts';
import { AuthError } from '../errors.ts';
import type { Vault } from '../protection/vault.ts';
import { believedMandate, believedRole, roleProof, settingsProof } from './role-proof.ts';

/** Grants of a name that were all voided; one with more is given back by nobody but the operator. */
const mostVoided = 1_000;

export interface ProjectAccess {
  readonly projectId: string;
  /** Of the account asked about. */
  readonly role: ProjectRole | null;
  /** Whether everybody who touches the project needs a second factor. */
  readonly requiresSecondFactor: boolean;
}

/**
 * The project as one account sees it; null when nobody has it. Inside a transaction the row stays as it is until
 * the end: the removal of a project waits for grants under way, and they for it. @param accountId null: of nobody
 */
export async function accessTo(
  sql: Sql,
  vault: Vault,
  project: ProjectName,
  accountId: string | null,
): Promise<ProjectAccess | null> {
  const { rows } = await sql.query<{ id: string; requires: boolean; proof: Buffer | null }>(
    `SELECT id, requires_second_factor AS requires, settings_proof AS proof
       FROM auth.project WHERE name = $1 FOR SHARE`,
    [project],
  );
  const found = rows[0];
  if (found === undefined) return null;
  const { id: projectId, requires: requiresSecondFactor, proof } = found;
  return {
    projectId,
    role: accountId === null ? null : await roleOf(sql, vault, { project, projectId, accountId }),
    requiresSecondFactor: believedMandate(vault, { projectId, requiresSecondFactor, proof }),
  };
}

async function roleOf(
  sql: Sql,
  vault: Vault,
  {
    project,
    ...of
  }: { readonly project: ProjectName; readonly projectId: string; readonly accountId: string },
): Promise<ProjectRole | null> {
  const { rows } = await sql.query<{ role: ProjectRole; proof: Buffer | null }>(
    'SELECT role, proof FROM auth.role WHERE project = $1 AND account_id = $2 FOR SHARE',
    [project, of.accountId],
  );
  const [row] = rows;
  return row === undefined ? null : believedRole(vault, { ...of, ...row });
}

/**
 * Makes the project with one owner. @throws AuthError `project.lost`: the name has grants, and auth has lost whose it is
 * @returns false when somebody was faster: then their transaction is over. */
export async function createProject(
  sql: Sql,
  project: ProjectName,
  ownerId: string,
  { vault, clock, randomness }: { vault: Vault; clock: Clock; randomness: Randomness },
): Promise<boolean> {
  const projectId = uuidV4(randomness);
  const now = new Date(clock.nowMs());
  const { rowCount } = await sql.query(
    `INSERT INTO auth.project (name, id, created_at, settings_proof) VALUES ($1, $2, $3, $4)
     ON CONFLICT (name) DO NOTHING`,
    [project, projectId, now, settingsProof(vault, { projectId, requiresSecondFactor: false })],
  );
  if (rowCount !== 1) return false;
  if (await hasLiveGrants(sql, vault, project)) {
    throw new AuthError(
      'project.lost',
      'the name is taken, and nobody is known to own it: ask the operator',
      {},
    );
  }
  const proof = roleProof(vault, { projectId, accountId: ownerId, role: 'owner' });
  await sql.query(
    `INSERT INTO auth.role (project, account_id, role, since, proof) VALUES ($1, $2, 'owner', $3, $4)`,
    [project, ownerId, now, proof],
  );
  return true;
}

/** Voids that somebody else wrote into the table free no name. */
async function hasLiveGrants(sql: Sql, vault: Vault, project: ProjectName): Promise<boolean> {
  const { rows } = await sql.query<{ id: string; proof: Buffer | null }>(
    `SELECT g.id, v.proof FROM auth.grant_log g LEFT JOIN auth.grant_void v ON v.grant_id = g.id
      WHERE g.project = $1 LIMIT $2`,
    [project, mostVoided + 1],
  );
  const isVoid = ({ id, proof }: { id: string; proof: Buffer | null }): boolean =>
    proof !== null && constantTimeEqual(proof, vault.mac('grant-void', id));
  return rows.length > mostVoided || !rows.every(isVoid);
}

/**
 * Gives the name back when no grant for it is left that was not voided: a refused upload must not occupy a name.
 * Its roles go with it. One that trusts a publisher was made on purpose, and stays. True when it was removed.
 */
export async function removeIfUnused(sql: Sql, project: string): Promise<boolean> {
  await sql.query('SELECT 1 FROM auth.project WHERE name = $1 FOR UPDATE', [project]);
  const { rowCount } = await sql.query(
    `DELETE FROM auth.project pr WHERE name = $1
       AND NOT EXISTS (SELECT 1 FROM auth.publisher p WHERE p.project_id = pr.id)
       AND NOT EXISTS (
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

/** A project of somebody. */
export interface OwnProject {
  readonly name: ProjectName;
  readonly role: ProjectRole;
}

/** The believed roles of an account in the order of the projects' names, of at most `limit` rows after `after`. */
export async function projectsOf(
  sql: Sql,
  vault: Vault,
  accountId: string,
  after: string,
  limit: number,
): Promise<readonly OwnProject[]> {
  const { rows } = await sql.query<{
    project: ProjectName;
    project_id: string;
    role: ProjectRole;
    proof: Buffer | null;
  }>(
    `SELECT r.project, p.id AS project_id, r.role, r.proof FROM auth.role r JOIN auth.project p ON p.name = r.project
      WHERE r.account_id = $1 AND r.project > $2 ORDER BY r.project LIMIT $3`,
    [accountId, after, limit],
  );
  return rows.flatMap(({ project: name, project_id: projectId, role, proof }) =>
    believedRole(vault, { projectId, accountId, role, proof }) === null ? [] : [{ name, role }],
  );
}
