import { openPool } from '@rind/database';
import { CliError } from '../errors.ts';
import type { LocalInstance } from '../instance.ts';
import type { Output } from '../output.ts';

export interface AuditOptions {
  readonly since?: string;
  readonly event?: string;
}

interface AuditRow {
  at: Date;
  event: string;
  actor: string | null;
  project: string | null;
  target: string | null;
  detail: unknown;
}

/** Signer's and auth's audit logs as one, oldest first, one entry a line. */
export async function showAudit(
  instance: LocalInstance,
  options: AuditOptions,
  output: Output,
): Promise<void> {
  const since = options.since === undefined ? new Date(0) : new Date(options.since);
  if (Number.isNaN(since.getTime())) {
    throw new CliError('usage.invalid', '--since wants an ISO 8601 date', { argument: 'since' });
  }
  const [signer, auth] = await Promise.all([
    entriesOf(instance.db.signer, 'signer', since, options.event),
    entriesOf(instance.db.auth, 'auth', since, options.event),
  ]);
  for (const entry of [...signer, ...auth].sort((a, b) => a.at.getTime() - b.at.getTime())) {
    const shown = { ...entry, at: entry.at.toISOString() };
    const subject = [entry.project, entry.target, entry.actor].filter((part) => part !== null).join('  ');
    output.line(shown, `${shown.at}  ${entry.event}  ${subject}  ${JSON.stringify(entry.detail)}`);
  }
}

async function entriesOf(
  url: string,
  schema: 'signer' | 'auth',
  since: Date,
  event: string | undefined,
): Promise<AuditRow[]> {
  const pool = openPool(url, { max: 1, name: 'cli' });
  try {
    const { rows } = await pool.query<AuditRow>(
      `SELECT at, event, actor, project, target, detail FROM ${schema}.audit
        WHERE at >= $1 AND ($2::text IS NULL OR event = $2) ORDER BY id`,
      [since, event ?? null],
    );
    return rows;
  } finally {
    await pool.close();
  }
}
