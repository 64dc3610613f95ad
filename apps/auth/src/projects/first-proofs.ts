import { setTimeout as sleep } from 'node:timers/promises';
import type { Sql, TransactionalSql } from '@rind/database';
import { isRindError } from '@rind/kernel';
import type { Clock } from '@rind/kernel';
import type { ProjectRole } from '../authorization/decide.ts';
import type { Vault } from '../protection/vault.ts';
import { roleProof, settingsProof } from './role-proof.ts';

/**
 * Gives roles and projects from before there were proofs theirs: once in the life of a database. That it was done is a
 * row that the role of auth can neither change nor delete, so that a row which somebody writes later is never given one.
 */
export async function giveFirstProofs(parts: {
  readonly sql: TransactionalSql;
  readonly vault: Vault;
  readonly clock: Clock;
}): Promise<void> {
  const { sql, vault, clock } = parts;
  if (await areGiven(sql)) return;
  await sql.transaction(async (tx) => {
    await tx.query('LOCK TABLE auth.project, auth.role IN SHARE ROW EXCLUSIVE MODE');
    if (await areGiven(tx)) return;
    await proveProjects(tx, vault);
    await proveRoles(tx, vault);
    await tx.query(`INSERT INTO auth.proofs_given (name, at) VALUES ('roles', $1)`, [
      new Date(clock.nowMs()),
    ]);
  });
}

const againMs = 1_000;

/** Likewise, as soon as the database is there; until then rows from before are not believed. */
export async function giveFirstProofsWhenPossible(
  parts: Parameters<typeof giveFirstProofs>[0],
): Promise<void> {
  for (;;) {
    try {
      return await giveFirstProofs(parts);
    } catch (error) {
      if (!isRindError(error, 'database.unavailable')) throw error;
      await sleep(againMs, undefined, { ref: false });
    }
  }
}

async function areGiven(sql: Sql): Promise<boolean> {
  return (await sql.query(`SELECT 1 FROM auth.proofs_given WHERE name = 'roles'`)).rows.length > 0;
}

async function proveProjects(tx: Sql, vault: Vault): Promise<void> {
  const { rows } = await tx.query<{ id: string; requires: boolean }>(
    'SELECT id, requires_second_factor AS requires FROM auth.project WHERE settings_proof IS NULL',
  );
  for (const { id, requires } of rows) {
    const proof = settingsProof(vault, { projectId: id, requiresSecondFactor: requires });
    await tx.query('UPDATE auth.project SET settings_proof = $2 WHERE id = $1', [id, proof]);
  }
}

async function proveRoles(tx: Sql, vault: Vault): Promise<void> {
  const { rows } = await tx.query<{
    project: string;
    project_id: string;
    account_id: string;
    role: ProjectRole;
  }>(
    `SELECT r.project, p.id AS project_id, r.account_id, r.role FROM auth.role r
       JOIN auth.project p ON p.name = r.project WHERE r.proof IS NULL`,
  );
  for (const { project, project_id: projectId, account_id: accountId, role } of rows) {
    const proof = roleProof(vault, { projectId, accountId, role });
    await tx.query('UPDATE auth.role SET proof = $3 WHERE project = $1 AND account_id = $2', [
      project,
      accountId,
      proof,
    ]);
  }
}
