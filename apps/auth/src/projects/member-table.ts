import type { Sql } from '@rind/database';
import type { ProjectName } from '@rind/kernel';
import type { ProjectRole } from '../authorization/decide.ts';
import type { Vault } from '../protection/vault.ts';
import { believedRole, roleProof } from './role-proof.ts';

export interface Member {
  readonly accountId: string;
  readonly username: string;
  readonly role: ProjectRole;
  readonly since: Date;
}

/** A project, held until the transaction ends: one change of its members at a time. */
export interface HeldProject {
  readonly name: ProjectName;
  readonly projectId: string;
}

export async function holdProject(sql: Sql, name: ProjectName): Promise<HeldProject | null> {
  const { rows } = await sql.query<{ id: string }>('SELECT id FROM auth.project WHERE name = $1 FOR UPDATE', [
    name,
  ]);
  return rows[0] === undefined ? null : { name, projectId: rows[0].id };
}

/** Owners first, then by name; only those whose row is believed. */
export async function membersOf(sql: Sql, vault: Vault, name: ProjectName): Promise<readonly Member[]> {
  const { rows } = await sql.query<{
    project_id: string;
    account_id: string;
    username: string;
    role: ProjectRole;
    since: Date;
    proof: Buffer | null;
  }>(
    `SELECT p.id AS project_id, r.account_id, a.username, r.role, r.since, r.proof
       FROM auth.role r JOIN auth.project p ON p.name = r.project JOIN auth.account a ON a.id = r.account_id
      WHERE r.project = $1 ORDER BY r.role DESC, lower(a.username)`,
    [name],
  );
  return rows.flatMap(({ project_id: projectId, account_id: accountId, username, role, since, proof }) =>
    believedRole(vault, { projectId, accountId, role, proof }) === null
      ? []
      : [{ accountId, username, role, since }],
  );
}

/** Makes somebody a member, or changes what they are. */
export async function putMember(
  sql: Sql,
  vault: Vault,
  { name, projectId }: HeldProject,
  { accountId, role, since }: Omit<Member, 'username'>,
): Promise<void> {
  await sql.query(
    `INSERT INTO auth.role (project, account_id, role, since, proof) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (project, account_id) DO UPDATE SET role = $3, proof = $5`,
    [name, accountId, role, since, roleProof(vault, { projectId, accountId, role })],
  );
}

export async function removeMember(sql: Sql, { name }: HeldProject, accountId: string): Promise<void> {
  await sql.query('DELETE FROM auth.role WHERE project = $1 AND account_id = $2', [name, accountId]);
}
