import { done, refused } from './effect.ts';
import type { Effect, Reply } from './effect.ts';
import type { Rules } from './rules.ts';
import type { Database, Numbered, Opened, OutboxRow, Plan, PublicationRecord } from './world.ts';

export interface Performed<Part> {
  readonly next: Part;
  readonly reply: Reply;
}

export type DatabaseEffect = Extract<
  Effect,
  {
    call:
      | 'acquire'
      | 'renew'
      | 'release'
      | 'roles'
      | 'unfinished'
      | 'pending'
      | 'open'
      | 'prepare'
      | 'close'
      | 'abandon'
      | 'raise';
  }
>;

/**
 * What the statements of `libs/database/src/publishing` do, one transaction a call: `lease.ts` (acquire,
 * renew, release), `fence.ts` (every write checks `fence = mine` first, in its own transaction),
 * `open-publication.ts` (numbers, record and rows at once), `close-publication.ts` (prepare, close and
 * abandon act on a record in the right state and do nothing otherwise), `queries.ts` and
 * `publication-log.ts` (raise: the greater of both).
 */
export function performOnDatabase(
  database: Database,
  effect: DatabaseEffect,
  epoch: number,
  rules: Rules,
): Performed<Database> {
  switch (effect.call) {
    case 'acquire':
      return acquire(database);
    case 'renew': {
      const held = database.lease.fence === effect.fence && database.lease.state !== 'free';
      const lease = { ...database.lease, state: 'held' as const };
      const next = held && database.lease.state === 'expired' ? { ...database, lease } : database;
      return { next, reply: { kind: 'renewed', held } };
    }
    case 'release':
      if (database.lease.fence !== effect.fence) return { next: database, reply: done };
      return { next: { ...database, lease: { ...database.lease, state: 'free' } }, reply: done };
    case 'roles': {
      const committed = { timestamp: database.timestamp.version, snapshot: database.snapshot.version };
      return { next: database, reply: { kind: 'roles', committed } };
    }
    case 'unfinished':
      return { next: database, reply: { kind: 'unfinished', records: unfinished(database) } };
    case 'pending': {
      const rows = database.rows.flatMap((row, i) => (row.state === 'pending' ? [i] : []));
      return { next: database, reply: { kind: 'pending', rows } };
    }
    default:
      if (!rules.fenceHolds(database.lease.fence, effect.fence)) {
        return { next: database, reply: refused('lease.lost') };
      }
      return performFenced(database, effect, epoch, rules);
  }
}

function performFenced(
  database: Database,
  effect: Extract<DatabaseEffect, { call: 'open' | 'prepare' | 'close' | 'abandon' | 'raise' }>,
  epoch: number,
  rules: Rules,
): Performed<Database> {
  switch (effect.call) {
    case 'open':
      return open(database, effect.plan, epoch, rules);
    case 'prepare':
      return { next: prepare(database, effect.id, effect.sha256), reply: done };
    case 'close':
      return { next: close(database, effect.id), reply: done };
    case 'abandon':
      return { next: abandon(database, effect.id), reply: done };
    case 'raise': {
      const role = database[effect.role];
      const raised = { ...role, next: Math.max(role.next, effect.version) };
      return { next: { ...database, [effect.role]: raised }, reply: done };
    }
  }
}

function acquire(database: Database): Performed<Database> {
  if (database.lease.state === 'held') return { next: database, reply: { kind: 'acquired', fence: null } };
  const fence = database.lease.fence + 1;
  return { next: { ...database, lease: { fence, state: 'held' } }, reply: { kind: 'acquired', fence } };
}

function unfinished({ records }: Database) {
  return records.flatMap((record, i) =>
    record.state === 'open' || record.state === 'prepared'
      ? [
          {
            id: i + 1,
            state: record.state,
            timestampVersion: record.timestamp,
            timestampSha256: record.sha256,
            snapshotVersion: record.snapshot,
            bins: record.bins.map((_, idx) => idx),
          },
        ]
      : [],
  );
}

/** A take-over names the committed snapshot and takes no number of it. */
function open(database: Database, plan: Plan, epoch: number, rules: Rules): Performed<Database> {
  const id = database.records.length + 1;
  const taking = plan.kind !== 'takeover';
  const timestamp = rules.take(database.timestamp);
  const snapshot = taking ? rules.take(database.snapshot) : database.snapshot.version;
  const bins = taking ? database.bins.map(rules.take) : [];
  const burn = (role: Numbered): Numbered => ({ ...role, next: rules.take(role) + 1 });
  const rows = database.rows.map((row, i): OutboxRow =>
    plan.rows.includes(i) && row.state === 'pending' ? { state: 'taken', publication: id } : row,
  );
  const next = {
    ...database,
    timestamp: burn(database.timestamp),
    snapshot: taking ? burn(database.snapshot) : database.snapshot,
    bins: taking ? database.bins.map(burn) : database.bins,
    records: [...database.records, { state: 'open', timestamp, snapshot, bins, sha256: null } as const],
    rows,
  };
  const opened: Opened = { id, epoch, timestamp, snapshot, bins };
  return { next, reply: { kind: 'opened', opened } };
}

function prepare(database: Database, id: number, sha256: string): Database {
  const record = database.records[id - 1];
  if (record?.state !== 'open' && record?.state !== 'prepared') return database;
  return withRecord(database, id, { ...record, state: 'prepared', sha256 });
}

function close(database: Database, id: number): Database {
  const record = database.records[id - 1];
  if (record?.state !== 'prepared') return database;
  return {
    ...withRecord(database, id, { state: 'closed' }),
    timestamp: { ...database.timestamp, version: record.timestamp },
    snapshot: { ...database.snapshot, version: record.snapshot },
    bins: database.bins.map((bin, i) => ({ ...bin, version: record.bins[i] ?? bin.version })),
    rows: database.rows.map((row) => (isTaken(row, id) ? { ...row, state: 'published' } : row)),
  };
}

function abandon(database: Database, id: number): Database {
  const record = database.records[id - 1];
  if (record?.state !== 'open' && record?.state !== 'prepared') return database;
  return {
    ...withRecord(database, id, { state: 'abandoned' }),
    rows: database.rows.map((row) => (isTaken(row, id) ? { state: 'pending', publication: null } : row)),
  };
}

function isTaken(row: OutboxRow, id: number): boolean {
  return row.state === 'taken' && row.publication === id;
}

function withRecord(database: Database, id: number, record: PublicationRecord): Database {
  return { ...database, records: database.records.with(id - 1, record) };
}
