import type { Sql } from '@rind/database';
import type { RecordedGrant } from './replay.ts';

/** What is on record about bins that must be made anew. */
export interface GrantRecord {
  /** Packages of these bins, by the paths of grants and by the committed facts. */
  pathsOfBins(bins: readonly number[]): Promise<string[]>;
  /** Projects whose pages lie in these bins. */
  projectsOfBins(bins: readonly number[]): Promise<string[]>;
  /** Every grant that was applied to these target paths. */
  grantsOfPaths(paths: readonly string[]): Promise<RecordedGrant[]>;
  /** Every grant that was applied to anything of these projects. */
  grantsOfProjects(projects: readonly string[]): Promise<RecordedGrant[]>;
  /** Committed versions of all bins by index, and how many targets each holds. */
  committedBins(): Promise<CommittedBin[]>;
}

export interface CommittedBin {
  readonly idx: number;
  readonly version: number;
  readonly targets: number;
}

/**
 * The record in schema `signer`. The bin of a path is computed by the database, as `binIndexOf` of @rind/metadata
 * does, over an index of paths: a bin is rarely made anew, and asking needs no column that a thief could have set.
 */
export class DatabaseGrantRecord implements GrantRecord {
  private readonly sql: Sql;
  private readonly bitLength: number;

  constructor(sql: Sql, bitLength: number) {
    this.sql = sql;
    this.bitLength = bitLength;
  }

  async pathsOfBins(bins: readonly number[]): Promise<string[]> {
    const { rows } = await this.sql.query<{ target_path: string }>(
      `SELECT target_path FROM signer.applied_grant
        WHERE target_path LIKE 'packages/%' AND ${this.binOf('target_path')} = ANY($1::bigint[])
        UNION SELECT target_path FROM signer.path WHERE bin = ANY($1::integer[])`,
      [bins],
    );
    return rows.map(({ target_path }) => target_path);
  }

  async projectsOfBins(bins: readonly number[]): Promise<string[]> {
    const { rows } = await this.sql.query<{ project: string }>(
      `SELECT project FROM signer.applied_grant
        WHERE ${this.binOf(`'simple/' || project || '/index.json'`)} = ANY($1::bigint[])
        UNION SELECT name FROM signer.project WHERE page_bin = ANY($1::integer[])`,
      [bins],
    );
    return rows.map(({ project }) => project);
  }

  async grantsOfPaths(paths: readonly string[]): Promise<RecordedGrant[]> {
    const { rows } = await this.sql.query<RecordedGrant>(
      `SELECT id, envelope FROM signer.applied_grant WHERE target_path = ANY($1)`,
      [paths],
    );
    return rows;
  }

  async grantsOfProjects(projects: readonly string[]): Promise<RecordedGrant[]> {
    const { rows } = await this.sql.query<RecordedGrant>(
      `SELECT id, envelope FROM signer.applied_grant WHERE project = ANY($1)`,
      [projects],
    );
    return rows;
  }

  async committedBins(): Promise<CommittedBin[]> {
    const { rows } = await this.sql.query<{ idx: number; version: string; targets: number }>(
      `SELECT idx, version, targets FROM signer.bin ORDER BY idx`,
    );
    return rows.map(({ idx, version, targets }) => ({ idx, version: Number(version), targets }));
  }

  /** The first bits of the SHA-256 of a path: its bin. */
  private binOf(path: string): string {
    const first32 = `('x' || encode(substring(sha256(convert_to(${path}, 'UTF8')) FROM 1 FOR 4), 'hex'))::bit(32)::bigint`;
    return `(${first32} >> ${32 - this.bitLength})`;
  }
}
