import type { Sql } from '@rind/database';
import { isRindError, messageOf } from '@rind/kernel';
import type { ProjectName } from '@rind/kernel';
import type { Logger } from '@rind/nest-kit';
import type { ProjectReleases } from '../releases/project-releases.ts';
import { latestRelease, saidOf } from '../releases/release.ts';
import type { ReleasedProject } from '../releases/release.ts';

export interface SearchDocumentsParts {
  readonly sql: Sql;
  readonly releases: ProjectReleases;
  readonly logger: Logger;
}

/** A project that a publication changed. */
interface Changed {
  readonly name: string;
  readonly serial: number;
}

const batchSize = 100;
/** Characters of a description that are searched: what comes later rarely says what a project is. */
const searchedCharacters = 50_000;
/** PostgreSQL's limit for a tsvector is 1 MB; keywords and summary are far below it. */
const searchedKeywords = 10_000;

/**
 * Keeps the words of each project in step with what is published. Level-triggered: whatever was missed, by this
 * process or another, is found at the next call, and two that do the same work write the same row.
 */
export class SearchDocuments {
  private readonly parts: SearchDocumentsParts;
  /** All projects changed up to this publication have their words. The first walk looks at every project. */
  private doneUpTo = -1;
  private running: Promise<void> | undefined;
  private wanted = false;
  private closed = false;

  constructor(parts: SearchDocumentsParts) {
    this.parts = parts;
  }

  /** Brings the words up to date in the background; calls that come meanwhile are served by one more walk. */
  refresh(): void {
    if (this.closed) return;
    this.wanted = true;
    this.running ??= this.walks().finally(() => (this.running = undefined));
  }

  /** Ends after the project at hand, however many are left: the next process goes on with them. */
  async close(): Promise<void> {
    this.closed = true;
    await this.running;
  }

  private async walks(): Promise<void> {
    while (this.wanted && !this.closed) {
      this.wanted = false;
      try {
        await this.walk();
      } catch (error) {
        // The next publication tries again; search lags meanwhile and nothing else does.
        this.parts.logger.warn('search.refresh-failed', { error: messageOf(error) });
      }
    }
  }

  private async walk(): Promise<void> {
    let at: Changed = { name: '', serial: this.doneUpTo };
    let firstFailed: number | undefined;
    for (;;) {
      const changed = await this.changedSince(at);
      for (const { name, serial } of changed) {
        if (this.closed) return;
        try {
          await this.write(await this.parts.releases.find(name as ProjectName));
        } catch (error) {
          if (isRindError(error, 'database.unavailable')) throw error;
          firstFailed ??= serial;
          this.parts.logger.warn('search.project-skipped', { project: name, error: messageOf(error) });
        }
      }
      at = changed.at(-1) ?? at;
      if (changed.length < batchSize) break;
    }
    // Of one publication all projects appear at once.
    this.doneUpTo = firstFailed === undefined ? at.serial : firstFailed - 1;
  }

  private async changedSince({ name, serial }: Changed): Promise<Changed[]> {
    const { rows } = await this.parts.sql.query<{ name: string; serial: string }>(
      `SELECT p.name, p.publication_id AS serial FROM signer.project p
         LEFT JOIN warehouse.search_document d ON d.project = p.name
        WHERE p.publication_id >= $1 AND (p.publication_id, p.name) > ($1, $2) AND p.page_sha256 IS NOT NULL
          AND (d.serial IS NULL OR d.serial < p.publication_id)
        ORDER BY p.publication_id, p.name LIMIT $3`,
      [serial, name, batchSize],
    );
    return rows.map((row) => ({ name: row.name, serial: Number(row.serial) }));
  }

  private async write(project: ReleasedProject): Promise<void> {
    const latest = latestRelease(project.releases);
    const fields = saidOf(latest);
    const classifiers = fields.all('classifiers').join(' ');
    await this.parts.sql.query(
      `INSERT INTO warehouse.search_document AS d (project, display_name, version, summary, words, serial)
       VALUES ($1, $2, $3, $4,
               setweight(to_tsvector('simple', $5), 'A') || setweight(to_tsvector('english', $4), 'B') ||
               setweight(to_tsvector('english', $6), 'B') || setweight(to_tsvector('english', $7), 'D'), $8)
       ON CONFLICT (project) DO UPDATE
         SET display_name = excluded.display_name, version = excluded.version, summary = excluded.summary,
             words = excluded.words, serial = excluded.serial
       WHERE d.serial < excluded.serial`,
      [
        project.name,
        project.displayName,
        latest?.version.text ?? null,
        searchable(fields.first('summary') ?? '', searchedKeywords),
        `${project.name} ${project.name.replaceAll('-', ' ')}`,
        searchable(`${fields.first('keywords') ?? ''} ${classifiers}`, searchedKeywords),
        searchable(fields.first('description') ?? '', searchedCharacters),
        project.serial,
      ],
    );
  }
}

function searchable(text: string, maxCharacters: number): string {
  return text.slice(0, maxCharacters).toWellFormed();
}
