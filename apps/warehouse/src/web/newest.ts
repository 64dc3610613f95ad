import type { Sql } from '@rind/database';

/** A release, or a project with its first one, as lists and feeds show it. */
export interface Newest {
  readonly name: string;
  readonly displayName: string;
  readonly version: string;
  readonly summary: string;
  readonly at: Date;
}

/** The newest uploads by index, and from them the releases: the tables may have millions of rows. */
const consideredUploads = 400;

const offered = `s.page_sha256 IS NOT NULL AND s.status <> 'quarantined'`;
const summary = `coalesce((SELECT field ->> 1 FROM jsonb_array_elements(f.form) field
                            WHERE field ->> 0 = 'summary' LIMIT 1), '')`;

/** Releases of which a file was published, newest first. @throws DatabaseError `database.unavailable` */
export async function newestReleases(sql: Sql, limit: number): Promise<Newest[]> {
  const { rows } = await sql.query<Newest>(
    `SELECT * FROM (
       SELECT DISTINCT ON (f.project, f.version) f.project AS name, w.display_name AS "displayName", f.version,
              ${summary} AS summary, u.accepted_at AS at
         FROM (SELECT file_id, accepted_at FROM warehouse.upload ORDER BY accepted_at DESC LIMIT ${consideredUploads}) u
         JOIN warehouse.file f ON f.id = u.file_id
         JOIN warehouse.project w ON w.name = f.project
         JOIN signer.path p ON p.target_path = f.target_path AND p.sha256 = f.sha256 AND p.state = 'live'
         JOIN signer.project s ON s.name = f.project AND ${offered}
        ORDER BY f.project, f.version, u.accepted_at) newest
      ORDER BY at DESC, name, version LIMIT $1`,
    [limit],
  );
  return rows;
}

/** Projects by their first upload, newest first. @throws DatabaseError `database.unavailable` */
export async function newestProjects(sql: Sql, limit: number): Promise<Newest[]> {
  const { rows } = await sql.query<Newest>(
    `SELECT w.name, w.display_name AS "displayName", d.version, d.summary, w.created_at AS at
       FROM warehouse.project w
       JOIN signer.project s ON s.name = w.name AND ${offered}
       JOIN warehouse.search_document d ON d.project = w.name AND d.version IS NOT NULL
      ORDER BY w.created_at DESC, w.name LIMIT $1`,
    [limit],
  );
  return rows;
}
