import type { GarbageCensus, GarbageLog, GonePackage, StoreReferences } from '@rind/queue-port';
import { assertFence } from './fence.ts';
import type { Sql, TransactionalSql } from '../sql.ts';

/** The sweep's memory in `signer.unreferenced` and `signer.condemned`; all times are the database's. */
export class DatabaseGarbageLog implements GarbageLog {
  private readonly sql: TransactionalSql;

  constructor(sql: TransactionalSql) {
    this.sql = sql;
  }

  async references(bins: readonly number[], projects: readonly string[]): Promise<StoreReferences> {
    const [snapshots, versions, pages] = await Promise.all([
      this.sql.query<{ version: string }>(
        `SELECT version FROM signer.role WHERE name = 'snapshot'
         UNION SELECT snapshot_version FROM signer.publication WHERE state IN ('open', 'prepared')`,
      ),
      this.sql.query<{ idx: number; version: string }>(
        `SELECT idx, version FROM signer.bin WHERE idx = ANY($1::integer[])
         UNION SELECT b.idx, b.version FROM signer.publication_bin AS b
                 JOIN signer.publication AS p ON p.id = b.publication_id
                WHERE p.state IN ('open', 'prepared') AND b.idx = ANY($1::integer[])`,
        [bins],
      ),
      this.sql.query<{ name: string; page_sha256: string }>(
        `SELECT name, page_sha256 FROM signer.project WHERE name = ANY($1) AND page_sha256 IS NOT NULL
         UNION SELECT name, page_sha256 FROM signer.publication_project
                WHERE name = ANY($1) AND page_sha256 IS NOT NULL`,
        [projects],
      ),
    ]);
    return {
      snapshots: new Set(snapshots.rows.map((row) => Number(row.version))),
      bins: grouped(versions.rows.map((row) => [row.idx, Number(row.version)])),
      pages: grouped(pages.rows.map((row) => [row.name, row.page_sha256])),
    };
  }

  async dailySnapshots(days: number): Promise<number[]> {
    const { rows } = await this.sql.query<{ version: string }>(
      `SELECT DISTINCT max(snapshot_version) AS version FROM signer.publication
        WHERE state = 'closed'
          AND closed_at >= (date_trunc('day', clock_timestamp() AT TIME ZONE 'UTC') - ($1 - 1) * interval '1 day')
                           AT TIME ZONE 'UTC'
        GROUP BY (closed_at AT TIME ZONE 'UTC')::date ORDER BY 1`,
      [days],
    );
    return rows.map(({ version }) => Number(version));
  }

  observe(fence: number, kept: readonly string[], unreferenced: readonly string[]): Promise<void> {
    return this.fenced(fence, async (sql) => {
      if (kept.length > 0) await forget(sql, kept);
      if (unreferenced.length > 0) {
        await sql.query(
          `INSERT INTO signer.unreferenced (key) SELECT unnest($1::text[]) ON CONFLICT (key) DO NOTHING`,
          [unreferenced],
        );
      }
    });
  }

  async due(graceMs: number, limit: number): Promise<string[]> {
    const { rows } = await this.sql.query<{ key: string }>(
      `SELECT key FROM signer.unreferenced
        WHERE first_seen < clock_timestamp() - $1 * interval '1 millisecond' ORDER BY first_seen, key LIMIT $2`,
      [graceMs, limit],
    );
    return rows.map(({ key }) => key);
  }

  async census(graceMs: number): Promise<GarbageCensus> {
    const { rows } = await this.sql.query<{ area: string; waiting: string; due: string }>(
      `SELECT split_part(key, '/', 1) AS area, count(*) FILTER (WHERE NOT due) AS waiting,
              count(*) FILTER (WHERE due) AS due
         FROM (SELECT key, first_seen < clock_timestamp() - $1 * interval '1 millisecond' AS due
                 FROM signer.unreferenced) AS u GROUP BY 1`,
      [graceMs],
    );
    const of = (area: string) => {
      const row = rows.find((one) => one.area === area);
      return { waiting: Number(row?.waiting ?? 0), due: Number(row?.due ?? 0) };
    };
    return { metadata: of('metadata'), pages: of('targets') };
  }

  async gonePackages(retentionMs: number, after: string, limit: number): Promise<GonePackage[]> {
    const { rows } = await this.sql.query<{
      target_path: string;
      project: string;
      filename: string;
      sha256: string;
      core_metadata_sha256: string | null;
      expired: boolean;
    }>(
      `SELECT p.target_path, p.project, p.filename, p.sha256, p.core_metadata_sha256,
              coalesce(b.closed_at < clock_timestamp() - $1 * interval '1 millisecond', false)
              AND NOT EXISTS (SELECT 1 FROM signer.outbox AS o
                               WHERE o.target_path = p.target_path AND o.state IN ('pending', 'taken')) AS expired
         FROM signer.path AS p LEFT JOIN signer.publication AS b ON b.id = p.publication_id
        WHERE p.state <> 'live' AND p.target_path > $2
          AND NOT EXISTS (SELECT 1 FROM signer.condemned AS c
                           WHERE c.key = 'targets/packages/' || p.project || '/' || p.sha256 || '.' || p.filename)
        ORDER BY p.target_path LIMIT $3`,
      [retentionMs, after, limit],
    );
    return rows.map((row) => ({
      targetPath: row.target_path,
      project: row.project,
      filename: row.filename,
      sha256: row.sha256,
      hasCoreMetadata: row.core_metadata_sha256 !== null,
      expired: row.expired,
    }));
  }

  async condemn(fence: number, keys: readonly string[], lasting: boolean): Promise<string[]> {
    return this.sql.transaction(async (sql) => {
      await assertFence(sql, fence);
      const { rows } = await sql.query<{ key: string }>(
        `INSERT INTO signer.condemned (key, fence, lasting)
         SELECT key, $1, $3 FROM unnest($2::text[]) AS n (key) WHERE NOT (${isCommittedPage})
         ON CONFLICT (key) DO UPDATE
            SET fence = EXCLUDED.fence, condemned_at = now(), deleted_at = NULL, lasting = true
         RETURNING key`,
        [fence, keys, lasting],
      );
      await forget(sql, keys);
      return rows.map(({ key }) => key);
    });
  }

  confirm(fence: number, keys: readonly string[]): Promise<void> {
    return this.fenced(fence, async (sql) => {
      await sql.query(
        `UPDATE signer.condemned SET deleted_at = now() WHERE key = ANY($1) AND deleted_at IS NULL`,
        [keys],
      );
      // Numbers are never used again: nobody will ever ask about these.
      await sql.query(
        `DELETE FROM signer.condemned WHERE key = ANY($1) AND NOT lasting AND key LIKE 'metadata/%'`,
        [keys],
      );
    });
  }

  pardon(fence: number, afterMs: number): Promise<void> {
    return this.fenced(fence, async (sql) => {
      await sql.query(
        `DELETE FROM signer.condemned
          WHERE NOT lasting AND deleted_at < clock_timestamp() - $1 * interval '1 millisecond'`,
        [afterMs],
      );
    });
  }

  async unconfirmed(limit: number): Promise<string[]> {
    const { rows } = await this.sql.query<{ key: string }>(
      `SELECT key FROM signer.condemned WHERE deleted_at IS NULL ORDER BY key LIMIT $1`,
      [limit],
    );
    return rows.map(({ key }) => key);
  }

  settle(fence: number, keys: readonly string[]): Promise<void> {
    return this.fenced(fence, async (sql) => {
      await sql.query(`UPDATE signer.condemned SET deleted_at = now(), lasting = true WHERE key = ANY($1)`, [
        keys,
      ]);
    });
  }

  async condemned(keys: readonly string[]): Promise<ReadonlySet<string>> {
    if (keys.length === 0) return new Set();
    const { rows } = await this.sql.query<{ key: string }>(
      `SELECT key FROM signer.condemned WHERE key = ANY($1)`,
      [keys],
    );
    return new Set(rows.map(({ key }) => key));
  }

  private fenced(fence: number, work: (sql: Sql) => Promise<void>): Promise<void> {
    return this.sql.transaction(async (sql) => {
      await assertFence(sql, fence);
      await work(sql);
    });
  }
}

/** The second look: whatever the caller thought, a page that a committed or planned project has is never condemned. */
const isCommittedPage = `key LIKE 'targets/simple/%' AND (
  EXISTS (SELECT 1 FROM signer.project AS p
           WHERE p.name = split_part(key, '/', 3) AND p.page_sha256 || '.index.json' = split_part(key, '/', 4))
  OR EXISTS (SELECT 1 FROM signer.publication_project AS p
              WHERE p.name = split_part(key, '/', 3) AND p.page_sha256 || '.index.json' = split_part(key, '/', 4)))`;

async function forget(sql: Sql, keys: readonly string[]): Promise<void> {
  await sql.query(`DELETE FROM signer.unreferenced WHERE key = ANY($1)`, [keys]);
}

function grouped<Key, Value>(pairs: readonly (readonly [Key, Value])[]): Map<Key, Set<Value>> {
  const groups = new Map<Key, Set<Value>>();
  for (const [key, value] of pairs) {
    const group = groups.get(key);
    if (group === undefined) groups.set(key, new Set([value]));
    else group.add(value);
  }
  return groups;
}
