import { openPool } from '@rind/database';
import { CliError } from '../errors.ts';
import type { Invocation } from '../invocation.ts';
import { dateOf } from '../moment.ts';

export interface AuditOptions {
  readonly since?: string;
  readonly event?: string;
}

interface AuditRow {
  readonly at: Date;
  readonly event: string;
  readonly actor: string | null;
  readonly project: string | null;
  readonly target: string | null;
  readonly detail: unknown;
}

/** Signer's and auth's audit logs as one, oldest first, one entry a line. */
export async function showAudit({ instance, output }: Invocation, options: AuditOptions): Promise<void> {
  const since = options.since === undefined ? 0 : dateOf(options.since);
  if (since === null) {
    throw new CliError('usage.invalid', '--since wants an ISO 8601 date', { argument: 'since' });
  }
  const { db } = instance();
  const [signer, auth] = await Promise.all([
    entriesOf(db.signer, 'signer', new Date(since), options.event),
    entriesOf(db.auth, 'auth', new Date(since), options.event),
  ]);
  for (const entry of [...signer, ...auth].sort((a, b) => a.at.getTime() - b.at.getTime())) {
    output.result({ ...entry, at: entry.at.toISOString() }, describeEntry(entry));
  }
}

/** When and what, then about what and by whom, then the rest. */
export function describeEntry({ at, event, actor, project, target, detail }: AuditRow): string {
  const about = target ?? project;
  const facts = Object.entries((detail ?? {}) as Record<string, unknown>)
    .filter(([, value]) => value !== null && !(Array.isArray(value) && value.length === 0))
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  const parts = [about, actor === null ? null : `by ${actor}`, ...facts].filter((part) => part !== null);
  return `${at.toISOString()}  ${event.padEnd(20)}  ${parts.join('  ')}`.replace(/[\r\n]/g, ' ').trimEnd();
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
