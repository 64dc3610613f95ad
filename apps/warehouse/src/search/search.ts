import type { Sql } from '@rind/database';
import { normalizeName } from '@rind/index-model';

export interface FoundProject {
  readonly name: string;
  readonly displayName: string;
  /** Of the latest release; null where none is offered. */
  readonly version: string | null;
  readonly summary: string;
}

export interface SearchResult {
  /** At most `searchPageSize`, best first. */
  readonly found: readonly FoundProject[];
  /** There is a page after this one. */
  readonly more: boolean;
}

/** Characters of a question that count. */
export const maxQuestionLength = 200;
export const searchPageSize = 20;
/** Nobody reads further, and each page costs as much as all before it. */
export const maxSearchPages = 25;

/**
 * Projects by words of name, summary, keywords and description (PostgreSQL full text), and by likeness of the name
 * (trigrams), so that a slip of the finger finds it too. The very name comes first.
 * @param page from 1
 * @throws DatabaseError `database.unavailable`
 */
export async function searchProjects(sql: Sql, question: string, page: number): Promise<SearchResult> {
  const asked = question.slice(0, maxQuestionLength).replaceAll('\0', ' ').toWellFormed().trim();
  if (asked === '') return { found: [], more: false };
  const { rows } = await sql.query<FoundProject>(
    `WITH question AS (SELECT websearch_to_tsquery('english', $1) || websearch_to_tsquery('simple', $1) AS words)
     SELECT d.project AS name, d.display_name AS "displayName", d.version, d.summary
       FROM warehouse.search_document d CROSS JOIN question q
       JOIN signer.project p ON p.name = d.project AND p.page_sha256 IS NOT NULL AND p.status <> 'quarantined'
      WHERE d.words @@ q.words OR d.project % $2
      ORDER BY (d.project = $2) DESC, ts_rank_cd(d.words, q.words) + 2 * similarity(d.project, $2) DESC, d.project
      LIMIT $3 OFFSET $4`,
    [asked, normalizeName(asked), searchPageSize + 1, (page - 1) * searchPageSize],
  );
  return {
    found: rows.slice(0, searchPageSize),
    more: rows.length > searchPageSize && page < maxSearchPages,
  };
}
