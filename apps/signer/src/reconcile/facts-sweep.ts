import type { AuditEvent } from '@rind/queue-port';
import type { Sql } from '@rind/database';

/** A signed path beside the warehouse's row of it (`file_…`, `uploaded_ms`), as the database writes them. */
export interface SweptRow {
  target_path: string;
  project: string;
  sha256: string;
  length: string;
  requires_python: string | null;
  uploaded_ms: string | null;
  uploaded_at: string;
  file_sha256: string | null;
  file_length: string | null;
  file_requires_python: string | null;
}

/**
 * Compares the warehouse's record of files with what was granted and signed, a slice at a time, round and
 * round: a row that vanished or says something else is an alarm. Signed output never depends on these rows.
 */
export class FactsSweep {
  private readonly sql: Sql;
  private readonly slice: number;
  private position = '';
  private readonly reported = new Set<string>();

  constructor(sql: Sql, slice = 1_000) {
    this.sql = sql;
    this.slice = slice;
  }

  async next(): Promise<AuditEvent[]> {
    const { rows } = await this.sql.query<SweptRow>(
      `SELECT p.target_path, p.project, p.sha256, p.length, p.requires_python, p.uploaded_at,
              f.sha256 AS file_sha256, f.length AS file_length, f.requires_python AS file_requires_python,
              floor(extract(epoch FROM f.uploaded_at) * 1000) AS uploaded_ms
         FROM signer.path AS p LEFT JOIN warehouse.file AS f USING (target_path)
        WHERE p.target_path > $1 ORDER BY p.target_path LIMIT $2`,
      [this.position, this.slice],
    );
    this.position = rows.length < this.slice ? '' : rows[rows.length - 1]!.target_path;
    return rows.flatMap((row) => this.judge(row));
  }

  private judge(row: SweptRow): AuditEvent[] {
    const differing = row.file_sha256 === null ? null : differences(row);
    if (differing !== null && differing.length === 0) return [];
    const event = differing === null ? 'row.vanished' : 'grant.mismatch';
    const mark = `${event} ${row.target_path}`;
    if (this.reported.has(mark)) return [];
    this.reported.add(mark);
    return [
      {
        event,
        project: row.project,
        target: row.target_path,
        detail: differing === null ? {} : { differing },
      },
    ];
  }
}

/** What the warehouse's row says otherwise than the grant did. */
export function differences(row: SweptRow): string[] {
  const differing: string[] = [];
  if (row.file_sha256 !== row.sha256) differing.push('sha256');
  if (row.file_length !== row.length) differing.push('length');
  if (row.file_requires_python !== row.requires_python) differing.push('requiresPython');
  if (Number(row.uploaded_ms) !== Date.parse(row.uploaded_at)) differing.push('uploadedAt');
  return differing;
}
