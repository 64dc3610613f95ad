import type { PathFacts, ProjectFacts } from '@rind/queue-port';
import { pathColumns, pathOf, projectColumns, projectOf } from '../publishing/rows.ts';
import type { PathRow, ProjectRow } from '../publishing/rows.ts';
import type { Sql } from '../sql.ts';

/** All that the index database says of what is signed, for comparison with what really is. */
export interface RecordedDatabase {
  readonly paths: ReadonlyMap<string, PathFacts>;
  readonly projects: ReadonlyMap<string, ProjectFacts>;
  readonly applied: ReadonlySet<string>;
  /** Ids of the grants that have a row in the queue, whatever became of it. */
  readonly queued: ReadonlySet<string>;
  /** Target paths of which the warehouse has a row. */
  readonly files: ReadonlySet<string>;
}

/** Holds all of it in memory: about 1 KB a path. */
export async function readRecordedDatabase(sql: Sql): Promise<RecordedDatabase> {
  const paths = await sql.query<PathRow>(`SELECT ${pathColumns} FROM signer.path`);
  const projects = await sql.query<ProjectRow>(`SELECT ${projectColumns} FROM signer.project`);
  const applied = await sql.query<{ id: string }>(`SELECT id FROM signer.applied_grant`);
  const queued = await sql.query<{ id: string }>(
    `SELECT DISTINCT u.grant_id AS id FROM warehouse.upload AS u JOIN signer.outbox AS o ON o.upload_id = u.id`,
  );
  const files = await sql.query<{ target_path: string }>(`SELECT target_path FROM warehouse.file`);
  return {
    paths: new Map(paths.rows.map((row) => [row.target_path, pathOf(row)])),
    projects: new Map(projects.rows.map((row) => [row.name, projectOf(row)])),
    applied: new Set(applied.rows.map(({ id }) => id)),
    queued: new Set(queued.rows.map(({ id }) => id)),
    files: new Set(files.rows.map((row) => row.target_path)),
  };
}
