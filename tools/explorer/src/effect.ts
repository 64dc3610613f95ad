import type { BinObject, Opened, Plan, SnapshotObject, TimestampObject } from './world.ts';
import type { CommittedVersions, UnfinishedContent } from '@rind/repository';

/** A call that a signer makes to database or store, as data, so that it can also happen later or never. */
export type Effect =
  | { readonly call: 'acquire' }
  | { readonly call: 'renew'; readonly fence: number }
  | { readonly call: 'release'; readonly fence: number }
  | { readonly call: 'roles' }
  | { readonly call: 'unfinished' }
  | { readonly call: 'pending' }
  | { readonly call: 'open'; readonly fence: number; readonly plan: Plan }
  | { readonly call: 'prepare'; readonly fence: number; readonly id: number; readonly sha256: string }
  | { readonly call: 'close'; readonly fence: number; readonly id: number }
  | { readonly call: 'abandon'; readonly fence: number; readonly id: number }
  | {
      readonly call: 'raise';
      readonly fence: number;
      readonly role: 'timestamp' | 'snapshot';
      readonly version: number;
    }
  | { readonly call: 'get-published' }
  | { readonly call: 'get-timestamp' }
  | { readonly call: 'get-snapshot'; readonly version: number }
  | { readonly call: 'put'; readonly key: string; readonly object: BinObject | SnapshotObject }
  /** Reads version `from` of the bin, and stores it with `files` added. */
  | {
      readonly call: 'put-bin';
      readonly index: number;
      readonly from: number;
      readonly version: number;
      readonly id: string;
      readonly files: readonly number[];
    }
  | { readonly call: 'sync'; readonly keys: readonly string[] }
  | { readonly call: 'swap'; readonly timestamp: TimestampObject; readonly tag: number };

/** What comes back; `error` is a code as the ports have them. */
export type Reply =
  | { readonly kind: 'error'; readonly error: string }
  | { readonly kind: 'done' }
  | { readonly kind: 'acquired'; readonly fence: number | null }
  | { readonly kind: 'renewed'; readonly held: boolean }
  | { readonly kind: 'roles'; readonly committed: CommittedVersions }
  | { readonly kind: 'unfinished'; readonly records: readonly UnfinishedContent[] }
  | { readonly kind: 'pending'; readonly rows: readonly number[] }
  | { readonly kind: 'opened'; readonly opened: Opened }
  | {
      readonly kind: 'published';
      readonly timestamp: TimestampObject;
      readonly tag: number;
      readonly bins: readonly number[];
    }
  | { readonly kind: 'timestamp'; readonly sha256: string; readonly tag: number }
  | { readonly kind: 'snapshot'; readonly snapshot: SnapshotObject }
  | { readonly kind: 'swapped'; readonly tag: number };

export const done: Reply = { kind: 'done' };

export function refused(error: string): Reply {
  return { kind: 'error', error };
}

/** Calls that change nothing: whether their answer is lost or they never arrived makes no difference. */
const reads: ReadonlySet<Effect['call']> = new Set([
  'roles',
  'unfinished',
  'pending',
  'get-published',
  'get-timestamp',
  'get-snapshot',
]);

export function changesSomething(effect: Effect): boolean {
  return !reads.has(effect.call);
}
