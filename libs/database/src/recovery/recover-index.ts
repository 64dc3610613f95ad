import type { PathFacts, ProjectFacts } from '@rind/queue-port';
import { abandonPublication } from '../publishing/close-publication.ts';
import { insertAudit } from '../publishing/audit.ts';
import { assertFence } from '../publishing/fence.ts';
import { unfinishedPublications } from '../publishing/queries.ts';
import type { Sql, TransactionalSql } from '../sql.ts';
import { insertApplied, insertFiles, insertRequests } from './recovered-rows.ts';
import type { RecoveredFile, RecoveredRequest } from './recovered-rows.ts';
import { writePaths, writeProjects } from './recovered-facts.ts';

/** A role as it is published. */
export interface RecoveredRole {
  readonly name: string;
  readonly version: number;
  readonly expiresMs: number;
  /** Above every number that the store holds. */
  readonly nextVersion: number;
}

export interface RecoveredBin {
  readonly idx: number;
  readonly version: number;
  readonly expiresMs: number;
  /** Bytes. */
  readonly length: number;
  readonly targets: number;
  /** Above the counter of every version that the store holds. */
  readonly nextCounter: number;
}

/** What the database shall say. */
export interface RecoveredIndex {
  readonly timestampSha256: string;
  readonly roles: readonly RecoveredRole[];
  readonly bins: readonly RecoveredBin[];
  readonly paths: readonly PathFacts[];
  readonly projects: readonly ProjectFacts[];
  readonly applied: readonly RecoveredRequest[];
  /** Files that the warehouse has no row of, and those of requeued grants. */
  readonly files: readonly RecoveredFile[];
  readonly requeued: readonly RecoveredRequest[];
  /** Detail of the audit event `database.recovered`. */
  readonly report: Readonly<Record<string, unknown>>;
}

/**
 * Makes the index equal to what is published: one transaction under the lease, all of it or nothing. Runs as the
 * owner. Versions never go down; nothing that is taken over from the signed state is written twice.
 * @throws QueueError `lease.lost`
 */
export async function recoverIndex(
  sql: TransactionalSql,
  fence: number,
  index: RecoveredIndex,
): Promise<void> {
  await sql.transaction(async (tx) => {
    await assertFence(tx, fence);
    for (const { id } of await unfinishedPublications(tx)) {
      await abandonPublication(tx, fence, id, 'database recovered');
    }
    const publicationId = await recordPublication(tx, fence, index);
    await writeRoles(tx, index.roles);
    await writeBins(tx, publicationId, index.bins);
    await writePaths(tx, publicationId, index.paths);
    await writeProjects(tx, publicationId, index.projects);
    await insertApplied(tx, publicationId, index.applied);
    await insertFiles(tx, index.files);
    await settleQueue(tx, publicationId);
    await insertRequests(tx, publicationId, index.applied);
    await insertRequests(tx, null, index.requeued);
    // What the sweep remembers is as old as the backup: grace begins anew.
    await tx.query(`DELETE FROM signer.unreferenced`);
    await insertAudit(tx, [
      ...index.requeued.map(({ id, seq, verb, targetPath, project }) => ({
        event: 'grant.unapplied',
        project,
        target: targetPath,
        detail: { grant: id, seq, verb, requeued: true },
      })),
      { event: 'database.recovered', actor: 'operator', detail: { ...index.report, fence } },
    ]);
    await tx.query(`SELECT pg_notify('rind_published', $1)`, [String(publicationId)]);
    await tx.query(`SELECT pg_notify('rind_outbox', '')`);
  });
}

/** Stands for all publications that the database forgot. */
async function recordPublication(sql: Sql, fence: number, index: RecoveredIndex): Promise<number> {
  const version = (name: string): number => index.roles.find((role) => role.name === name)!.version;
  const { rows } = await sql.query<{ id: string }>(
    `INSERT INTO signer.publication
       (fence, kind, state, snapshot_version, timestamp_version, timestamp_sha256, files, bins, closed_at, custom)
     VALUES ($1, 'takeover', 'closed', $2, $3, $4, $5, $6, clock_timestamp(), '{"recovered": true}') RETURNING id`,
    [
      fence,
      version('snapshot'),
      version('timestamp'),
      index.timestampSha256,
      index.paths.length,
      index.bins.length,
    ],
  );
  return Number(rows[0]!.id);
}

async function writeRoles(sql: Sql, roles: readonly RecoveredRole[]): Promise<void> {
  await sql.query(
    `INSERT INTO signer.role AS r (name, version, expires, next_version)
     SELECT name, version, to_timestamp(expires_ms / 1000.0), next
       FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[]) AS n (name, version, expires_ms, next)
     ON CONFLICT (name) DO UPDATE
        SET version = EXCLUDED.version, expires = EXCLUDED.expires,
            next_version = greatest(r.next_version, EXCLUDED.next_version)
      WHERE r.version <= EXCLUDED.version`,
    [
      roles.map((r) => r.name),
      roles.map((r) => r.version),
      roles.map((r) => r.expiresMs),
      roles.map((r) => r.nextVersion),
    ],
  );
}

async function writeBins(sql: Sql, publicationId: number, bins: readonly RecoveredBin[]): Promise<void> {
  await sql.query(
    `UPDATE signer.bin AS b
        SET version = n.version, expires = to_timestamp(n.expires_ms / 1000.0), length = n.length,
            targets = n.targets, next_counter = greatest(b.next_counter, n.next),
            publication_id = CASE WHEN b.version = n.version THEN b.publication_id ELSE $1 END
       FROM unnest($2::integer[], $3::bigint[], $4::bigint[], $5::integer[], $6::integer[], $7::bigint[])
            AS n (idx, version, expires_ms, length, targets, next)
      WHERE b.idx = n.idx AND b.version <= n.version`,
    [
      publicationId,
      bins.map((b) => b.idx),
      bins.map((b) => b.version),
      bins.map((b) => b.expiresMs),
      bins.map((b) => b.length),
      bins.map((b) => b.targets),
      bins.map((b) => b.nextCounter),
    ],
  );
}

/**
 * Requests that waited when the backup was made: those whose grants are applied were published. Of requests that
 * change what was signed, nobody knows whether they came into effect and were undone since: a person repeats them.
 */
async function settleQueue(sql: Sql, publicationId: number): Promise<void> {
  await sql.query(
    `UPDATE signer.outbox AS o SET state = 'published', publication_id = $1
       FROM warehouse.upload AS u JOIN signer.applied_grant AS g ON g.id = u.grant_id
      WHERE u.id = o.upload_id AND o.state IN ('pending', 'taken')`,
    [publicationId],
  );
  await sql.query(
    `UPDATE signer.outbox AS o SET state = 'set-aside', reason = 'grant.replayed'
       FROM warehouse.upload AS u
      WHERE u.id = o.upload_id AND u.file_id IS NULL AND o.state IN ('pending', 'taken')`,
  );
}
