import type { PathFacts, ProjectFacts } from '@rind/queue-port';
import {
  pathArrays,
  pathColumns,
  pathTypes,
  projectArrays,
  projectColumns,
  projectTypes,
  unnest,
} from '../publishing/rows.ts';
import type { Sql } from '../sql.ts';

const rowsPerStatement = 5_000;

/** In parts that a statement can carry. */
export function* inParts<Row>(rows: readonly Row[]): Generator<readonly Row[]> {
  for (let at = 0; at < rows.length; at += rowsPerStatement) yield rows.slice(at, at + rowsPerStatement);
}

export async function writePaths(
  sql: Sql,
  publicationId: number,
  paths: readonly PathFacts[],
): Promise<void> {
  for (const part of inParts(paths)) {
    await sql.query(
      `INSERT INTO signer.path (publication_id, ${pathColumns}) SELECT $1, * FROM ${unnest(pathTypes, 2)}
       ON CONFLICT (target_path) DO UPDATE SET publication_id = EXCLUDED.publication_id, ${updates(pathColumns)}`,
      [publicationId, ...pathArrays(part)],
    );
  }
}

export async function writeProjects(
  sql: Sql,
  publicationId: number,
  projects: readonly ProjectFacts[],
): Promise<void> {
  for (const part of inParts(projects)) {
    await sql.query(
      `INSERT INTO signer.project (publication_id, ${projectColumns}) SELECT $1, * FROM ${unnest(projectTypes, 2)}
       ON CONFLICT (name) DO UPDATE SET publication_id = EXCLUDED.publication_id, ${updates(projectColumns)}`,
      [publicationId, ...projectArrays(part)],
    );
  }
}

/** Every column but the first, which is the key. */
function updates(columns: string): string {
  return columns
    .split(',')
    .map((column) => column.trim())
    .slice(1)
    .map((column) => `${column} = EXCLUDED.${column}`)
    .join(', ');
}
