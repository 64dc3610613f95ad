/**
 * The whole world of an exploration as plain, immutable data: what the database and the store hold, what
 * each signer has in memory, what is still on its way, and what may yet go wrong.
 *
 * Two bins stand for all: every publication of files changes both, the one that lists the file and the one
 * that lists the project's page. So a served state in which the two disagree shows half a publication.
 */
import type { PublicationState, TakeoverState } from '@rind/repository';
import type { Effect } from './effect.ts';

export const binCount = 2;

export interface World {
  readonly database: Database;
  readonly store: Store;
  readonly signers: readonly Signer[];
  /** Calls that were given up by who made them, and may still take effect. */
  readonly late: readonly Effect[];
  readonly budget: Budget;
  /** Counts the times that the database was set back. */
  readonly epoch: number;
  readonly backup: Database | null;
}

/** How often each thing may still happen. */
export interface Budget {
  /** Files that are still to be accepted. */
  readonly files: number;
  readonly crashes: number;
  /** Calls that fail: without effect, or with an effect and no answer. */
  readonly faults: number;
  /** Calls that fail and take effect at any later time. */
  readonly late: number;
  /** Leases that expire although their holder lives. */
  readonly expiries: number;
  readonly drains: number;
  readonly powerCuts: number;
  /** Refreshes that fall due. */
  readonly refreshes: number;
  /** Times that the database is set back to a copy of itself, while signers go on. */
  readonly restores: number;
  /** Times that the store is set back by one publication, while no signer runs. */
  readonly setbacks: number;
}

export interface Numbered {
  /** Committed. */
  readonly version: number;
  readonly next: number;
}

export interface Database {
  readonly lease: { readonly fence: number; readonly state: 'free' | 'held' | 'expired' };
  readonly timestamp: Numbered;
  readonly snapshot: Numbered;
  readonly bins: readonly Numbered[];
  /** By id, from 1. */
  readonly records: readonly PublicationRecord[];
  /** One for each accepted file. */
  readonly rows: readonly OutboxRow[];
}

export type PublicationRecord =
  | { readonly state: 'closed' | 'abandoned' }
  | {
      readonly state: 'open' | 'prepared';
      readonly timestamp: number;
      readonly snapshot: number;
      readonly bins: readonly number[];
      /** Stands for the SHA-256 of the prepared timestamp. */
      readonly sha256: string | null;
    };

export interface OutboxRow {
  readonly state: 'pending' | 'taken' | 'published';
  readonly publication: number | null;
}

/** Stands for bytes: two objects are the same if `id` and everything else are. */
export interface BinObject {
  readonly id: string;
  readonly files: readonly number[];
}

export interface SnapshotObject {
  readonly id: string;
  readonly bins: readonly number[];
}

export interface TimestampObject {
  /** Also stands for its SHA-256. */
  readonly id: string;
  /** Fence of who signed it. */
  readonly fence: number;
  readonly version: number;
  readonly snapshot: number;
  readonly snapshotId: string;
}

export interface StoredObject {
  readonly object: BinObject | SnapshotObject;
  /** Survives a power cut. */
  readonly durable: boolean;
}

export interface Store {
  /** `bin-<i>.<version>` and `snapshot.<version>`, keys in order. */
  readonly objects: Readonly<Record<string, StoredObject>>;
  readonly timestamp: TimestampObject;
  /** Changes with every replacement. */
  readonly tag: number;
  /** Whatever clients were ever shown, in order; the last is `timestamp`, unless the store was set back. Ghost. */
  readonly served: readonly TimestampObject[];
  /** What the store held after each of the last two swaps; null where nobody sets it back. Ghost. */
  readonly copies: readonly StoreCopy[] | null;
  /** The newest state that clients saw and that the store does not show any more. Ghost. */
  readonly seen: SeenState | null;
}

/** What an operator may restore. */
export interface StoreCopy {
  readonly objects: Store['objects'];
  readonly timestamp: TimestampObject;
  readonly tag: number;
}

export interface SeenState {
  readonly timestamp: TimestampObject;
  readonly bins: readonly number[];
}

/** What a signer knows of the published state. */
export interface Base {
  readonly tag: number;
  readonly timestamp: number;
  readonly snapshot: number;
  readonly snapshotId: string;
  readonly bins: readonly number[];
}

export interface Plan {
  readonly kind: 'files' | 'refresh' | 'takeover';
  readonly rows: readonly number[];
}

export interface Opened {
  readonly id: number;
  readonly epoch: number;
  readonly timestamp: number;
  readonly snapshot: number;
  readonly bins: readonly number[];
}

/** A publication under way, as it is in a signer's memory. */
export interface Run {
  readonly fence: number;
  readonly machine: PublicationState;
  readonly plan: Plan;
  readonly base: Base;
  readonly opened: Opened | null;
  /** Bins stored since the step began. */
  readonly stored: number;
  /** Of the timestamp that it swapped. */
  readonly tag: number | null;
  /** Code of the last error. */
  readonly failure: string | null;
}

export type Signer =
  /** Has no memory: standby, crashed, or not started. */
  | { readonly at: 'standby' }
  | {
      readonly at: 'taking-over';
      readonly fence: number;
      readonly draining: boolean;
      readonly machine: TakeoverState;
      readonly base: Base | null;
      readonly run: Run | null;
    }
  | {
      readonly at: 'writing';
      readonly fence: number;
      readonly draining: boolean;
      readonly base: Base;
      /** What of earlier publications is still to be given up; `look` when that is not known. */
      readonly untidy: 'renew' | 'look' | readonly number[] | null;
      readonly run: Run | null;
    };

export const standby: Signer = { at: 'standby' };

export function binKey(index: number, version: number): string {
  return `bin-${index}.${version}`;
}

export function snapshotKey(version: number): string {
  return `snapshot.${version}`;
}

/** After the first ceremony: version 1 of everything is served, and nobody holds the lease. */
export function firstWorld(signers: number, budget: Budget): World {
  const first = { version: 1, next: 2 };
  const bins = Array.from({ length: binCount }, () => first);
  const objects: Record<string, StoredObject> = {};
  bins.forEach((_, i) => (objects[binKey(i, 1)] = { object: { id: 'first', files: [] }, durable: true }));
  objects[snapshotKey(1)] = { object: { id: 'first', bins: bins.map(() => 1) }, durable: true };
  const timestamp = { id: 'first', fence: 0, version: 1, snapshot: 1, snapshotId: 'first' };
  return {
    database: {
      lease: { fence: 0, state: 'free' },
      timestamp: first,
      snapshot: first,
      bins,
      records: [],
      rows: [],
    },
    store: {
      objects,
      timestamp,
      tag: 1,
      served: [timestamp],
      copies: budget.setbacks > 0 ? [{ objects, timestamp, tag: 1 }] : null,
      seen: null,
    },
    signers: Array.from({ length: signers }, () => standby),
    late: [],
    budget,
    epoch: 0,
    backup: null,
  };
}
