import type { TransactionalSql } from '@rind/database';
import type { Clock } from '@rind/kernel';
import { audit } from '../audit/audit-log.ts';
import { AuthError } from '../errors.ts';
import type { Vault } from '../protection/vault.ts';
import { removeIfUnused } from '../projects/project-table.ts';
import { appendVoid, findGrant } from './grant-log.ts';

/** Takes back grants that will not be used: their upload was refused, or nobody took them in time. */
export class GrantVoider {
  private readonly sql: TransactionalSql;
  private readonly clock: Clock;
  private readonly vault: Vault;

  constructor(parts: { sql: TransactionalSql; clock: Clock; vault: Vault }) {
    this.sql = parts.sql;
    this.clock = parts.clock;
    this.vault = parts.vault;
  }

  /** Idempotent: the first reason stays. @throws AuthError `grant.unknown` */
  async void(id: string, reason: string, actor: 'gate' | 'auth' = 'gate'): Promise<void> {
    await this.sql.transaction(async (sql) => {
      const grant = await findGrant(sql, id);
      if (grant === undefined) throw new AuthError('grant.unknown', 'no grant of that id was issued', {});
      if (!(await appendVoid(sql, this.vault, { id, reason, at: new Date(this.clock.nowMs()) }))) return;
      const { project, targetPath: target } = grant;
      await audit(sql, this.clock, {
        event: 'grant.voided',
        actor,
        project,
        target,
        detail: { grantId: id, reason },
      });
      if (await removeIfUnused(sql, project)) {
        await audit(sql, this.clock, {
          event: 'project.removed',
          actor,
          project,
          detail: { grantId: id },
        });
      }
    });
  }
}
