import type { ServedTimestamp } from './served-history.ts';
import type { Subject } from './subject.ts';

interface Closed {
  readonly kind: string;
  readonly timestamp_version: string;
  readonly snapshot_version: string;
  readonly timestamp_sha256: string | null;
}

/**
 * What is wrong between the publications that the database calls closed and the timestamps that were served: closed
 * ones never share a version and never go back, and each served timestamp is the one that a closed one says.
 */
export async function compareHistories(
  subject: Subject,
  served: readonly ServedTimestamp[],
): Promise<{ readonly closed: number; readonly findings: readonly string[] }> {
  const rows = await subject.ask<Closed>(
    `SELECT kind, timestamp_version, snapshot_version, timestamp_sha256
       FROM signer.publication WHERE state = 'closed' ORDER BY closed_at, id`,
  );
  if (rows === null) throw new Error('the database does not answer');
  const findings: string[] = [];
  const known = new Map<number, string | null>();
  let last: Closed | undefined;
  for (const row of rows) {
    const version = Number(row.timestamp_version);
    if (last !== undefined && version <= Number(last.timestamp_version)) {
      findings.push(`timestamp ${version} was closed after ${last.timestamp_version}`);
    }
    if (last !== undefined && Number(row.snapshot_version) < Number(last.snapshot_version)) {
      findings.push(`snapshot ${row.snapshot_version} was closed after ${last.snapshot_version}`);
    }
    known.set(version, row.timestamp_sha256);
    last = row;
  }
  for (const { version, sha256 } of served) {
    if (known.get(version) !== sha256) {
      findings.push(`timestamp ${version} was served as ${sha256} and closed as ${known.get(version)}`);
    }
  }
  return { closed: rows.length, findings };
}
