import { DatabasePublicationLog, readRecordedDatabase } from '@rind/database';
import type { Pool, RecordedDatabase } from '@rind/database';
import {
  binIndexOf,
  decideTakeover,
  reconcile,
  splitBinVersion,
  unknownDigests,
  unsignedGrants,
} from '@rind/repository';
import type { GrantTraces, Reconciliation } from '@rind/repository';
import type { ObjectStore } from '@rind/storage-port';
import type { GrantLog } from './auth-grant-log.ts';
import type { SignedRepository } from './signed-repository.ts';
import { digestsOf, tracesOf } from './stored-files.ts';
import type { AllDigests } from './stored-files.ts';
import type { StoredVersions } from './stored-versions.ts';

export interface Evidence {
  readonly store: ObjectStore;
  readonly stored: StoredVersions;
  readonly signed: SignedRepository;
  readonly log: GrantLog;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
}

export interface Comparison extends Reconciliation {
  readonly recorded: RecordedDatabase;
  /** Of signed files that had to be read, by target path. */
  readonly digests: ReadonlyMap<string, AllDigests>;
  readonly behind: Behind;
}

/** How far the database is behind what is published. */
export interface Behind {
  readonly timestamp: { readonly stored: number; readonly committed: number };
  readonly snapshot: { readonly stored: number; readonly committed: number };
  /** Bins of another version. */
  readonly bins: number;
  /** A signer would refuse to go on from here; otherwise there is nothing to recover. */
  readonly isSetBack: boolean;
}

export async function compare(pool: Pool, evidence: Evidence): Promise<Comparison> {
  const { store, stored, signed, log, nowMs } = evidence;
  const recorded = await readRecordedDatabase(pool);
  const digests = new Map<string, AllDigests>();
  for (const target of unknownDigests(signed.index, recorded, log.grants)) {
    const found = await digestsOf(store, target);
    if (found !== null) digests.set(target.targetPath, found);
  }
  const traces = new Map<string, GrantTraces>();
  for (const logged of unsignedGrants(signed.index, recorded, log.grants)) {
    traces.set(logged.grant.id, await tracesOf(logged, store, stored, signed));
  }
  const reconciliation = reconcile({
    signed: signed.index,
    recorded,
    grants: log.grants,
    digests,
    traces,
    nowMs,
    binOf: (path) => binIndexOf(path, signed.bitLength),
  });
  return { ...reconciliation, recorded, digests, behind: await howFarBehind(pool, signed) };
}

/** Also cheap: says whether there is anything to recover. */
export async function howFarBehind(pool: Pool, signed: SignedRepository): Promise<Behind> {
  const log = new DatabasePublicationLog(pool);
  const unfinished = await log.unfinished();
  const roles = await log.committedRoles();
  const { rows } = await pool.query<{ idx: number; version: string }>(`SELECT idx, version FROM signer.bin`);
  const versions = new Map(rows.map((row) => [row.idx, Number(row.version)]));
  const of = (name: string): { stored: number; committed: number } => ({
    stored: signed.roles.find((role) => role.name === name)!.version,
    committed: roles.get(name)?.version ?? 0,
  });
  const [timestamp, snapshot] = [of('timestamp'), of('snapshot')];
  const found = {
    version: timestamp.stored,
    sha256: signed.timestampSha256,
    snapshotVersion: snapshot.stored,
  };
  return {
    timestamp,
    snapshot,
    bins: signed.bins.filter(({ idx, version }) => versions.get(idx) !== version).length,
    isSetBack: decideTakeover(found, timestamp.committed, unfinished).kind === 'refuse',
  };
}

/** Every number that goes into the database, and what may be taken next. */
export function publishedNumbers({ roles, bins, bitLength }: SignedRepository, stored: StoredVersions) {
  return {
    roles: roles.map((role) => ({ ...role, nextVersion: stored.next(role.name, role.version) })),
    bins: bins.map((bin) => ({
      ...bin,
      nextCounter: Math.max(
        stored.nextCounter(bin.idx, bitLength, bin.version),
        splitBinVersion(bin.version).counter + 1,
      ),
    })),
  };
}
