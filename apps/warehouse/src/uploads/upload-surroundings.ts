import type { Sql } from '@rind/database';
import { equalVersionTexts, ultranormalize } from '@rind/index-model';
import type { NewProjectFacts } from './new-project.ts';
import type { ReleaseFacts } from './upload-decision.ts';

/** The file was not deleted. */
const STANDS = `NOT EXISTS (SELECT FROM signer.path p WHERE p.target_path = f.target_path AND p.state <> 'live')`;
/** The signer has taken the file, or may yet. */
const COUNTS = `EXISTS (SELECT FROM warehouse.upload u JOIN signer.outbox o ON o.upload_id = u.id
                         WHERE u.file_id = f.id AND o.state <> 'set-aside')`;

/**
 * What is known about the name of a project that was never published; null when an upload created it.
 * `translate` says in SQL what `ultranormalize` does; an index has it.
 */
export async function newProjectFacts(sql: Sql, project: string): Promise<NewProjectFacts | null> {
  const { rows } = await sql.query<{ known: boolean; lookAlike: string | null }>(
    `SELECT EXISTS (SELECT FROM warehouse.project WHERE name = $1) AS known,
            coalesce((SELECT name FROM warehouse.project WHERE translate(lower(name), 'lio._-', '110') = $2 LIMIT 1),
                     (SELECT name FROM signer.project WHERE translate(lower(name), 'lio._-', '110') = $2 LIMIT 1))
              AS "lookAlike"`,
    [project, ultranormalize(project)],
  );
  const { known, lookAlike } = rows[0]!;
  return known ? null : { lookAlike };
}

/** The release that a version belongs to. */
export async function releaseFacts(
  sql: Sql,
  { project, version }: { project: string; version: string },
): Promise<ReleaseFacts | null> {
  const { rows } = await sql.query<{ openedAtMs: number | null; hasSdist: boolean | null }>(
    `SELECT extract(epoch FROM min(f.uploaded_at))::float8 * 1000 AS "openedAtMs",
            bool_or(f.package_type = 'sdist' AND ${STANDS}) AS "hasSdist"
       FROM warehouse.file f WHERE f.project = $1 AND f.version = ANY($2) AND ${COUNTS}`,
    [project, equalVersionTexts(version)],
  );
  const { openedAtMs, hasSdist } = rows[0]!;
  return openedAtMs === null ? null : { openedAtMs, hasSdist: hasSdist ?? false };
}

/** Bytes of all files of a project but those that were deleted. */
export async function projectBytes(sql: Sql, project: string): Promise<number> {
  const { rows } = await sql.query<{ bytes: string }>(
    `SELECT coalesce(sum(f.length), 0) AS bytes FROM warehouse.file f
      WHERE f.project = $1 AND ${STANDS}`,
    [project],
  );
  return Number(rows[0]!.bytes);
}
