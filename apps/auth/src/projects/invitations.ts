import type { Sql } from '@rind/database';
import { constantTimeEqual, uuidV4 } from '@rind/kernel';
import type { Clock, ProjectName, Randomness } from '@rind/kernel';
import type { ProjectRole } from '../authorization/decide.ts';
import type { Vault } from '../protection/vault.ts';
import type { HeldProject } from './member-table.ts';

export interface Invitation {
  readonly id: string;
  readonly project: ProjectName;
  readonly accountId: string;
  readonly username: string;
  readonly role: ProjectRole;
  readonly invitedBy: string;
  readonly expiresAt: Date;
}

interface StoredInvitation {
  readonly id: string;
  readonly project: ProjectName;
  readonly project_id: string;
  readonly account_id: string;
  readonly username: string;
  readonly role: ProjectRole;
  readonly invited_by: string;
  readonly expires_at: Date;
  readonly proof: Buffer;
}

export interface InvitationsParts {
  readonly vault: Vault;
  readonly clock: Clock;
  readonly randomness: Randomness;
}

const weekMs = 7 * 86_400_000;

/** Who is asked into which project. What somebody wrote into the table is not one. */
export class Invitations {
  private readonly parts: InvitationsParts;

  constructor(parts: InvitationsParts) {
    this.parts = parts;
  }

  /** False: the person is invited already. */
  async add(
    sql: Sql,
    project: HeldProject,
    invited: { readonly accountId: string; readonly role: ProjectRole; readonly invitedBy: string },
  ): Promise<boolean> {
    const { vault, clock, randomness } = this.parts;
    const id = uuidV4(randomness);
    const nowMs = clock.nowMs();
    const { accountId, role, invitedBy } = invited;
    // One that has run out keeps nobody from being invited again.
    await sql.query(
      `UPDATE auth.invitation SET ended_at = $3
        WHERE project = $1 AND account_id = $2 AND ended_at IS NULL AND expires_at <= $3`,
      [project.name, accountId, new Date(nowMs)],
    );
    const { rowCount } = await sql.query(
      `INSERT INTO auth.invitation (id, project, account_id, role, invited_by, created_at, expires_at, proof)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (project, account_id) WHERE ended_at IS NULL DO NOTHING`,
      [
        ...[id, project.name, accountId, role, invitedBy, new Date(nowMs), new Date(nowMs + weekMs)],
        vault.mac('invitation', id, project.projectId, accountId, role),
      ],
    );
    return rowCount === 1;
  }

  ofProject(sql: Sql, project: ProjectName): Promise<readonly Invitation[]> {
    return this.select(sql, 'i.project = $2', project);
  }

  ofAccount(sql: Sql, accountId: string): Promise<readonly Invitation[]> {
    return this.select(sql, 'i.account_id = $2', accountId);
  }

  /** Null: somebody was faster, or there is none that is open. */
  async end(sql: Sql, id: string): Promise<true | null> {
    const { rowCount } = await sql.query(
      'UPDATE auth.invitation SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL',
      [id, new Date(this.parts.clock.nowMs())],
    );
    return rowCount === 1 ? true : null;
  }

  /** Everything open that was meant for somebody in a project. */
  async endOf(sql: Sql, { name }: HeldProject, accountId: string): Promise<void> {
    await sql.query(
      'UPDATE auth.invitation SET ended_at = $3 WHERE project = $1 AND account_id = $2 AND ended_at IS NULL',
      [name, accountId, new Date(this.parts.clock.nowMs())],
    );
  }

  private async select(sql: Sql, condition: string, value: string): Promise<readonly Invitation[]> {
    const { vault, clock } = this.parts;
    const { rows } = await sql.query<StoredInvitation>(
      `SELECT i.id, i.project, p.id AS project_id, i.account_id, a.username, i.role, b.username AS invited_by,
              i.expires_at, i.proof
         FROM auth.invitation i JOIN auth.project p ON p.name = i.project
         JOIN auth.account a ON a.id = i.account_id JOIN auth.account b ON b.id = i.invited_by
        WHERE i.ended_at IS NULL AND i.expires_at > $1 AND ${condition} ORDER BY i.created_at LIMIT 200`,
      [new Date(clock.nowMs()), value],
    );
    return rows
      .filter(({ id, project_id, account_id, role, proof }) =>
        constantTimeEqual(proof, vault.mac('invitation', id, project_id, account_id, role)),
      )
      .map(({ id, project, account_id, username, role, invited_by, expires_at }) => ({
        ...{ id, project, accountId: account_id, username, role },
        ...{ invitedBy: invited_by, expiresAt: expires_at },
      }));
  }
}
