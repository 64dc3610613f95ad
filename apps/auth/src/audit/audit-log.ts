import type { Sql } from '@rind/database';
import type { Clock } from '@rind/kernel';

/** Events of auth, listed in docs/reference/audit-events.md. */
export type AuditEvent =
  | 'account.created'
  | 'account.device-confirmed'
  | 'account.device-forgotten'
  | 'account.device-unknown'
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
  | 'token.disclosed'
  | 'token.refused'
  | 'token.revoked'
  | 'token.used-elsewhere'
  | 'grant.issued'
  | 'grant.refused'
  | 'grant.voided'
  | 'project.archived'
  | 'project.created'
  | 'project.factor-required'
  | 'project.factor-not-required'
  | 'project.invitation-ended'
  | 'project.invited'
  | 'project.member-added'
  | 'project.member-changed'
  | 'project.member-removed'
  | 'project.removed'
  | 'project.unarchived'
  | 'publisher.added'
  | 'publisher.pending-added'
  | 'publisher.pending-invalidated'
  | 'publisher.pending-removed'
  | 'publisher.pending-used'
  | 'publisher.refused'
  | 'publisher.removed'
  | 'release.deleted'
  | 'release.refused'
  | 'release.restored'
  | 'release.unyanked'
  | 'release.yanked';

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
  await sql.query(
    `INSERT INTO auth.audit (at, event, actor, project, target, detail, account_id)
     SELECT $1, event, actor, project, target, detail, account_id
       FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::jsonb[], $7::uuid[])
              WITH ORDINALITY AS entry (event, actor, project, target, detail, account_id, number)
      ORDER BY number`,
    [
      at,
      entries.map(({ event }) => event),
      entries.map(({ actor }) => actor),
      entries.map(({ project }) => project ?? null),
      entries.map(({ target }) => target ?? null),
      entries.map(({ detail }) => JSON.stringify(detail ?? {})),
      entries.map(({ accountId }) => accountId ?? null),
    ],
  );
}
