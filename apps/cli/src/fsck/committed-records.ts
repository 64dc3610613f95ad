import type { Pool, Sql } from '@rind/database';
import type { CommittedRecords, RecordedTarget } from '@rind/fsck';

const pageRows = 10_000;

/** What the signer's tables say, all of one moment; the targets are read a part at a time. */
export async function readRecords(pool: Pool): Promise<CommittedRecords> {
  const { lastClosed, ...records } = await pool.transaction(async (sql) => {
    await sql.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY');
    return {
      roles: await readRoles(sql),
      bins: await readBins(sql),
      open: await readOpen(sql),
      lastClosed: await readLastClosed(sql),
    };
  });
  const unpublished = async () => ({
    snapshots: await readUnpublishedSnapshots(pool, lastClosed),
    bins: await readUnpublishedBins(pool, lastClosed),
  });
  const isCurrent = async (): Promise<boolean> => (await readLastClosed(pool)) === lastClosed;
  const latestTimestamp = () => readLatestTimestamp(pool);
  return { ...records, unpublished, latestTimestamp, isCurrent, targets: () => readTargets(pool) };
}

async function readRoles(sql: Sql): Promise<CommittedRecords['roles']> {
  const { rows } = await sql.query<{ name: string; version: string; expires_ms: string }>(
    `SELECT name, version, floor(extract(epoch FROM expires) * 1000) AS expires_ms FROM signer.role`,
  );
  return rows.map(({ name, version, expires_ms }) => ({
    name,
    version: Number(version),
    expiresMs: Number(expires_ms),
  }));
}

async function readBins(sql: Sql): Promise<CommittedRecords['bins']> {
  const { rows } = await sql.query<{ idx: number; version: string; expires_ms: string; targets: number }>(
    `SELECT idx, version, floor(extract(epoch FROM expires) * 1000) AS expires_ms, targets FROM signer.bin`,
  );
  return new Map(
    rows.map(({ idx, version, expires_ms, targets }) => [
      idx,
      { version: Number(version), expiresMs: Number(expires_ms), targets },
    ]),
  );
}

async function readOpen(sql: Sql): Promise<CommittedRecords['open']> {
  const { rows } = await sql.query<{ snapshot_version: string; timestamp_version: string }>(
    `SELECT snapshot_version, timestamp_version FROM signer.publication WHERE state IN ('open', 'prepared')`,
  );
  return rows.map(({ snapshot_version, timestamp_version }) => ({
    snapshotVersion: Number(snapshot_version),
    timestampVersion: Number(timestamp_version),
  }));
}

/** The newest publication that had ended at the moment; of one under way, nothing was published yet. */
async function readLastClosed(sql: Sql): Promise<number> {
  const { rows } = await sql.query<{ last: string }>(
    `SELECT coalesce(max(id), 0) AS last FROM signer.publication WHERE state = 'closed'`,
  );
  return Number(rows[0]!.last);
}

async function readLatestTimestamp(sql: Sql): Promise<number> {
  const { rows } = await sql.query<{ latest: string }>(
    `SELECT coalesce(max(timestamp_version), 0) AS latest FROM signer.publication WHERE state <> 'abandoned'`,
  );
  return Number(rows[0]!.latest);
}

/** A publication without a snapshot of its own names the one that was published before it. */
async function readUnpublishedSnapshots(sql: Sql, lastClosed: number): Promise<ReadonlySet<number>> {
  const { rows } = await sql.query<{ snapshot_version: string }>(
    `SELECT DISTINCT snapshot_version FROM signer.publication p WHERE (state <> 'closed' OR id > $1)
        AND NOT EXISTS (SELECT 1 FROM signer.publication c
                         WHERE c.state = 'closed' AND c.id <= $1 AND c.snapshot_version = p.snapshot_version)`,
    [lastClosed],
  );
  return new Set(rows.map((row) => Number(row.snapshot_version)));
}

async function readUnpublishedBins(
  sql: Sql,
  lastClosed: number,
): Promise<ReadonlyMap<number, ReadonlySet<number>>> {
  const { rows } = await sql.query<{ idx: number; version: string }>(
    `SELECT b.idx, b.version FROM signer.publication_bin b JOIN signer.publication p ON p.id = b.publication_id
      WHERE p.state <> 'closed' OR p.id > $1`,
    [lastClosed],
  );
  const bins = new Map<number, Set<number>>();
  for (const { idx, version } of rows) {
    const versions = bins.get(idx);
    if (versions === undefined) bins.set(idx, new Set([Number(version)]));
    else versions.add(Number(version));
  }
  return bins;
}

/** Files that are live, and the page of each project that has one; in the order of their paths. */
async function* readTargets(pool: Pool): AsyncGenerator<RecordedTarget> {
  yield* inPages(
    pool,
    `SELECT target_path AS path, length, sha256 FROM signer.path
      WHERE state = 'live' AND target_path > $1 ORDER BY target_path LIMIT ${pageRows}`,
    ({ path }) => path,
  );
  yield* inPages(
    pool,
    `SELECT 'simple/' || name || '/index.json' AS path, page_length AS length, page_sha256 AS sha256
       FROM signer.project WHERE page_sha256 IS NOT NULL AND name > $1 ORDER BY name LIMIT ${pageRows}`,
    ({ path }) => path.split('/')[1]!,
  );
}

async function* inPages(
  pool: Pool,
  text: string,
  keyOf: (row: { path: string }) => string,
): AsyncGenerator<RecordedTarget> {
  for (let after = ''; ;) {
    const { rows } = await pool.query<{ path: string; length: string; sha256: string }>(text, [after]);
    for (const { path, length, sha256 } of rows) yield { path, length: Number(length), sha256 };
    if (rows.length < pageRows) return;
    after = keyOf(rows.at(-1)!);
  }
}
