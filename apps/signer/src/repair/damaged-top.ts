import { hashHex } from '@rind/crypto';
import { isRindError } from '@rind/kernel';
import { parseTimestamp, verifyThreshold } from '@rind/metadata';
import type { Root } from '@rind/metadata';
import type { AuditEvent, CommittedRole, PublicationLog, UnfinishedPublication } from '@rind/queue-port';
import { metadataKey, SnapshotVector, timestampKey } from '@rind/repository';
import type { StoredTimestamp, Unshown } from '@rind/repository';
import type { ObjectStore, Tag } from '@rind/storage-port';
import type { BinPool } from '../bins/bin-pool.ts';
import { damageOf } from '../bins/damage.ts';
import type { Damage } from '../bins/bin-tasks.ts';
import { SignerError } from '../errors.ts';
import type { PublishedState } from '../published/published-state.ts';
import { readSnapshot } from '../published/read-published.ts';
import type { GrantRecord } from './grant-record.ts';
import type { Repairs, RepairStep } from './repairs.ts';

/** A timestamp that leads to nothing, or that cannot be read itself. */
export interface DamagedTop {
  /** Of the timestamp as it is, whatever it is; null when there is none. */
  readonly tag: Tag | null;
  readonly damage: Damage;
  /** Key of the object that is damaged. */
  readonly target: string;
}

export interface TopRepairParts {
  readonly store: ObjectStore;
  readonly log: Pick<PublicationLog, 'committedRoles' | 'unfinished' | 'audit'>;
  readonly record: Pick<GrantRecord, 'committedBins'>;
  readonly bins: Pick<BinPool, 'check'>;
  readonly repairs: Pick<Repairs, 'planFor'>;
  readonly bitLength: number;
  /** The offline roles that the state lists are the ones by which its bins are judged. */
  readonly settle: (state: PublishedState) => Promise<void>;
}

/** More than any timestamp of ours: what is longer is read only to learn its tag. */
const maxDamagedBytes = 64 * 1_048_576;

/**
 * Timestamp and snapshot at a take-over, when the store has not got what was published: both are made anew from the
 * committed versions of the record, after every bin was looked at. The record is believed no further than
 * 1. it is not older than the store: a snapshot there with a number that the record never gave refuses;
 * 2. what a prepared publication may have shown is never taken back: it is rolled forward, for all of it is stored;
 * 3. bins are believed by their signatures, and rebuilt from grants where they are damaged.
 */
export class TopRepair {
  private readonly parts: TopRepairParts;

  constructor(parts: TopRepairParts) {
    this.parts = parts;
  }

  /** What there is to go on when reading timestamp and snapshot failed; null when `error` says nothing of them. */
  async examine(error: unknown, root: Root): Promise<{ stored: StoredTimestamp; top: DamagedTop } | null> {
    const damage = damageOf(error) ?? unreadable(error);
    if (damage === null) return null;
    const found = await this.parts.store.get(timestampKey, maxDamagedBytes);
    const readable = found === null ? null : readTimestamp(found.bytes, root);
    const target = readable === null ? timestampKey : metadataKey('snapshot', readable.snapshotVersion);
    const stored = readable ?? latestPrepared(await this.parts.log.unfinished()) ?? noTimestamp;
    return { stored, top: { tag: found?.tag ?? null, damage, target } };
  }

  /**
   * Signs above what clients may have seen, on a sound base: bins that cannot be built are left as they are, for
   * nobody accepts them anyway.
   */
  async outdo(base: PublishedState, { bins: indexes }: Unshown): Promise<RepairStep> {
    const { bins, repairs, settle } = this.parts;
    await settle(base);
    return repairs.planFor(await bins.check(base.vector, indexes, false), indexes, indexes);
  }

  /** The state to build upon, and what to publish first. */
  async restore(
    top: DamagedTop,
    root: Root,
    above: Unshown,
  ): Promise<{ base: PublishedState; step: RepairStep }> {
    const { log, bins, bitLength, repairs, settle } = this.parts;
    await log.audit([corrupt(top)]);
    const roles = await log.committedRoles();
    await this.requireRecordNotOlder(versionsOf(roles, 'snapshot').nextVersion, root);
    const base = await this.committedState(roles, top.tag);
    await settle(base);
    const all = Array.from({ length: 2 ** bitLength }, (_, idx) => idx);
    const findings = await bins.check(base.vector, all, true);
    return { base, step: await repairs.planFor(findings, all, above.bins) };
  }

  private async committedState(
    roles: ReadonlyMap<string, CommittedRole>,
    tag: Tag | null,
  ): Promise<PublishedState> {
    const { record, bitLength } = this.parts;
    const versions = new Float64Array(2 ** bitLength);
    for (const { idx, version } of await record.committedBins()) versions[idx] = version;
    const [targets, bins] = [versionsOf(roles, 'targets').version, versionsOf(roles, 'bins').version];
    const [snapshot, timestamp] = [versionsOf(roles, 'snapshot'), versionsOf(roles, 'timestamp')];
    return {
      vector: new SnapshotVector(bitLength, versions, targets, bins),
      snapshotVersion: snapshot.version,
      snapshotExpiresMs: snapshot.expiresMs,
      // Nobody asks: a new snapshot comes first.
      snapshotLength: 0,
      snapshotSha256: '',
      timestampVersion: timestamp.version,
      timestampExpiresMs: timestamp.expiresMs,
      timestampSha256: '',
      tag,
    };
  }

  /** Numbers are given by the record before anything is stored under them; what is not ours binds nobody. */
  private async requireRecordNotOlder(nextSnapshot: number, root: Root): Promise<void> {
    const { store } = this.parts;
    for await (const key of store.list('metadata/')) {
      const version = Number(/^metadata\/([0-9]{1,15})\.snapshot\.json$/.exec(key)?.[1] ?? 0);
      if (version < nextSnapshot || !(await isOurs(store, root, version))) continue;
      const details = { storedVersion: version, committedVersion: nextSnapshot - 1 };
      throw new SignerError(
        'writer.refused',
        'the store holds a newer snapshot than the record began',
        details,
      );
    }
  }
}

async function isOurs(store: ObjectStore, root: Root, version: number): Promise<boolean> {
  try {
    await readSnapshot(store, root, version);
    return true;
  } catch (error) {
    if (damageOf(error) === null && unreadable(error) === null) throw error;
    return false;
  }
}

const noTimestamp: StoredTimestamp = { version: 0, sha256: '', snapshotVersion: 0 };

function readTimestamp(bytes: Uint8Array, root: Root): StoredTimestamp | null {
  try {
    const timestamp = parseTimestamp(bytes);
    if (!verifyThreshold(timestamp, root.roles.timestamp, root.keys).ok) return null;
    const { version, snapshotMeta } = timestamp.signed;
    return { version, sha256: hashHex('sha256', bytes), snapshotVersion: snapshotMeta.version };
  } catch (error) {
    if (unreadable(error) === null) throw error;
    return null;
  }
}

/** What may have been shown: of several the one with the newest snapshot. */
function latestPrepared(unfinished: readonly UnfinishedPublication[]): StoredTimestamp | null {
  const prepared = unfinished
    .filter(({ state }) => state === 'prepared')
    .sort((a, b) => a.snapshotVersion - b.snapshotVersion || a.timestampVersion - b.timestampVersion);
  const last = prepared.at(-1);
  if (last === undefined) return null;
  const { timestampVersion: version, timestampSha256, snapshotVersion } = last;
  return { version, sha256: timestampSha256 ?? '', snapshotVersion };
}

/** Bytes that are no metadata at all. */
function unreadable(error: unknown): Damage | null {
  if (!isRindError(error)) return null;
  const says = /^(?:metadata|json|bytes)\./.test(error.code) || error.code === 'store.too-large';
  return says ? { code: 'store.corrupt', reason: error.code } : null;
}

function corrupt({ target, damage }: DamagedTop): AuditEvent {
  return { event: 'store.corrupt', target, detail: { ...damage } };
}

function versionsOf(roles: ReadonlyMap<string, CommittedRole>, name: string): CommittedRole {
  const role = roles.get(name);
  if (role === undefined) throw new SignerError('writer.refused', `no record of ${name}`, nothingRecorded);
  return role;
}

const nothingRecorded = { storedVersion: 0, committedVersion: 0 };
