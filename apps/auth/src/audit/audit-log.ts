import type { Sql } from '@rind/database';
import type { Clock } from '@rind/kernel';

/** Events of auth, listed in docs/reference/audit-events.md. */
export type AuditEvent =
  | 'account.created'
  | 'account.email-verified'
  | 'account.factor-added'
  | 'account.factor-removed'
  | 'account.passkey-added'
  | 'account.passkey-cloned'
  | 'account.passkey-removed'
  | 'account.password-changed'
  | 'account.proven-again'
  | 'account.recovery-code-used'
  | 'account.recovery-codes-made'
  | 'account.reset-asked'
  | 'account.sign-in-refused'
  | 'account.signed-in'
  | 'account.signed-out'
  | 'token.created'
  | 'token.refused'
  | 'token.revoked'
  | 'token.used-elsewhere'
  | 'grant.issued'
  | 'grant.refused'
  | 'grant.voided'
  | 'project.created'
  | 'project.factor-required'
  | 'project.factor-not-required'
  | 'project.invitation-ended'
  | 'project.invited'
  | 'project.member-added'
  | 'project.member-changed'
  | 'project.member-removed'
  | 'project.removed'
  | 'publisher.added'
  | 'publisher.pending-added'
  | 'publisher.pending-invalidated'
  | 'publisher.pending-removed'
  | 'publisher.pending-used'
  | 'publisher.refused'
  | 'publisher.removed';

export interface AuditEntry {
  readonly event: AuditEvent;
  /** Name of an account, `publisher:…`, or `operator`; null when nobody could be told. */
  readonly actor: string | null;
  /** The person whom it concerns: it stands in their own log. */
  readonly accountId?: string;
  readonly project?: string;
  /** A target path. */
  readonly target?: string;
  /** Never a token or a key. */
  readonly detail?: Readonly<Record<string, unknown>>;
}

/** Appends to the audit log, in the transaction of `sql` if it is one. The role can neither change nor delete a row. */
export async function audit(sql: Sql, clock: Clock, ...entries: readonly AuditEntry[]): Promise<void> {
  const at = new Date(clock.nowMs());
  for (const { event, actor, accountId, project, target, detail } of entries) {
    await sql.query(
      'INSERT INTO auth.audit (at, event, actor, project, target, detail, account_id) VALUES ($1, $2, $3, $4, $5, $6, $7)',
      [at, event, actor, project ?? null, target ?? null, JSON.stringify(detail ?? {}), accountId ?? null],
    );
  }
}
