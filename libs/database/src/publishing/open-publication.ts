import { QueueError } from '@rind/queue-port';
import type { OpenedPublication, PublicationPlan } from '@rind/queue-port';
import type { Sql } from '../sql.ts';
import { assertFence } from './fence.ts';
import {
  pathArrays,
  pathColumns,
  pathTypes,
  projectArrays,
  projectColumns,
  projectTypes,
  unnest,
} from './rows.ts';

/** One transaction under the fence: numbers taken, plan recorded, rows taken out of the queue. */
export async function openPublication(
  sql: Sql,
  fence: number,
  plan: PublicationPlan,
): Promise<OpenedPublication> {
  const databaseNowMs = await assertFence(sql, fence);
  const numbers = await takeRoleVersions(sql, plan.newSnapshot);
  const { rows } = await sql.query<{ id: string }>(
    `INSERT INTO signer.publication (fence, kind, state, snapshot_version, timestamp_version, files, bins, custom)
     VALUES ($1, $2, 'open', $3, $4, $5, $6, $7::jsonb) RETURNING id`,
    [
      fence,
      plan.kind,
      numbers.snapshotVersion,
      numbers.timestampVersion,
      plan.files,
      plan.bins.length,
      JSON.stringify(plan.offline === undefined ? {} : { offline: plan.offline }),
    ],
  );
  const id = Number(rows[0]!.id);
  const binVersions = await takeBinVersions(sql, id, plan.bins);
  await recordPlan(sql, id, plan);
  await claimPages(sql, plan);
  return { id, binVersions, ...numbers, databaseNowMs };
}

/**
 * Pages that the publication names are referred to from here on: their grace starts anew when nothing does any
 * more. One that was condemned may be deleted at any moment by a process that was stopped, so nothing names it.
 */
async function claimPages(sql: Sql, plan: PublicationPlan): Promise<void> {
  const keys = plan.projects.flatMap(({ name, pageSha256 }) =>
    pageSha256 === null ? [] : [`targets/simple/${name}/${pageSha256}.index.json`],
  );
  if (keys.length === 0) return;
  const { rows } = await sql.query<{ key: string }>(`SELECT key FROM signer.condemned WHERE key = ANY($1)`, [
    keys,
  ]);
  if (rows.length > 0) {
    throw new QueueError('object.condemned', 'the publication names objects that are being deleted', {
      keys: rows.map(({ key }) => key),
    });
  }
  await sql.query(`DELETE FROM signer.unreferenced WHERE key = ANY($1)`, [keys]);
}

async function takeRoleVersions(
  sql: Sql,
  newSnapshot: boolean,
): Promise<{ snapshotVersion: number; timestampVersion: number }> {
  const { rows } = await sql.query<{ name: string; version: string; taken: string }>(
    `UPDATE signer.role SET next_version = next_version + 1
      WHERE name = 'timestamp' OR (name = 'snapshot' AND $1)
      RETURNING name, version, next_version - 1 AS taken`,
    [newSnapshot],
  );
  const taken = new Map(rows.map((row) => [row.name, Number(row.taken)]));
  let snapshotVersion = taken.get('snapshot');
  if (snapshotVersion === undefined) {
    const current = await sql.query<{ version: string }>(
      `SELECT version FROM signer.role WHERE name = 'snapshot'`,
    );
    snapshotVersion = Number(current.rows[0]!.version);
  }
  return { snapshotVersion, timestampVersion: taken.get('timestamp')! };
}

async function takeBinVersions(
  sql: Sql,
  id: number,
  bins: readonly number[],
): Promise<ReadonlyMap<number, number>> {
  if (bins.length === 0) return new Map();
  const { rows } = await sql.query<{ idx: number; version: string }>(
    `WITH taken AS (
       UPDATE signer.bin SET next_counter = next_counter + 1 WHERE idx = ANY($2::integer[])
       RETURNING idx, (next_counter - 1) * 32768 + idx AS version)
     INSERT INTO signer.publication_bin (publication_id, idx, version)
     SELECT $1, idx, version FROM taken RETURNING idx, version`,
    [id, bins],
  );
  return new Map(rows.map((row) => [row.idx, Number(row.version)]));
}

async function recordPlan(sql: Sql, id: number, plan: PublicationPlan): Promise<void> {
  if (plan.paths.length > 0) {
    await sql.query(
      `INSERT INTO signer.publication_path (publication_id, ${pathColumns})
       SELECT $1, * FROM ${unnest(pathTypes, 2)}`,
      [id, ...pathArrays(plan.paths)],
    );
  }
  if (plan.projects.length > 0) {
    await sql.query(
      `INSERT INTO signer.publication_project (publication_id, ${projectColumns})
       SELECT $1, * FROM ${unnest(projectTypes, 2)}`,
      [id, ...projectArrays(plan.projects)],
    );
  }
  if (plan.grants.length > 0) {
    await sql.query(
      `INSERT INTO signer.publication_grant (publication_id, id, seq, verb, project, target_path, envelope)
       SELECT $1, * FROM ${unnest(['uuid', 'bigint', 'text', 'text', 'text', 'bytea'], 2)}`,
      [
        id,
        plan.grants.map((g) => g.id),
        plan.grants.map((g) => g.seq),
        plan.grants.map((g) => g.verb),
        plan.grants.map((g) => g.project),
        plan.grants.map((g) => g.targetPath),
        plan.grants.map((g) => Buffer.from(g.envelope)),
      ],
    );
  }
  if (plan.outboxIds.length > 0) {
    await sql.query(
      `UPDATE signer.outbox SET state = 'taken', publication_id = $1, reason = NULL
        WHERE id = ANY($2::bigint[]) AND state = 'pending'`,
      [id, plan.outboxIds],
    );
  }
}
