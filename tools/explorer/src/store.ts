import type { Performed } from './database.ts';
import { done, refused } from './effect.ts';
import type { Effect } from './effect.ts';
import type { Rules } from './rules.ts';
import { binKey, snapshotKey } from './world.ts';
import type { BinObject, SnapshotObject, Store, StoreCopy } from './world.ts';

type StoreEffect = Extract<
  Effect,
  { call: 'get-published' | 'get-timestamp' | 'get-snapshot' | 'put' | 'put-bin' | 'sync' | 'swap' }
>;

/**
 * What the contract of `libs/storage-port` promises: an object is there whole or not at all, `putNew` never
 * changes one, `replaceIf` is a compare-and-swap, durable by itself, and `sync` makes durable what was put.
 */
export function performOnStore(store: Store, effect: StoreEffect, rules: Rules): Performed<Store> {
  switch (effect.call) {
    case 'get-published': {
      const snapshot = snapshotOf(store, store.timestamp.snapshot);
      if (snapshot?.id !== store.timestamp.snapshotId)
        return { next: store, reply: refused('store.missing') };
      const { timestamp, tag } = store;
      return { next: store, reply: { kind: 'published', timestamp, tag, bins: snapshot.bins } };
    }
    case 'get-timestamp':
      return {
        next: store,
        reply: { kind: 'timestamp', sha256: store.timestamp.id, tag: store.tag },
      };
    case 'get-snapshot': {
      const snapshot = snapshotOf(store, effect.version);
      return {
        next: store,
        reply: snapshot === null ? refused('store.missing') : { kind: 'snapshot', snapshot },
      };
    }
    case 'put':
      return putNew(store, effect.key, effect.object, rules);
    case 'put-bin': {
      const old = binOf(store, effect.index, effect.from);
      if (old === null) return { next: store, reply: refused('store.missing') };
      const object = { id: effect.id, files: [...old.files, ...effect.files] };
      return putNew(store, binKey(effect.index, effect.version), object, rules);
    }
    case 'sync': {
      if (!rules.syncs) return { next: store, reply: done };
      const objects = { ...store.objects };
      for (const key of effect.keys) {
        const stored = objects[key];
        if (stored === undefined) return { next: store, reply: refused('store.missing') };
        objects[key] = { ...stored, durable: true };
      }
      return { next: { ...store, objects }, reply: done };
    }
    case 'swap': {
      if (!rules.tagHolds(store.tag, effect.tag)) {
        return { next: store, reply: refused('store.precondition-failed') };
      }
      const { timestamp } = effect;
      // As a version or a hash of bytes: never one that was there before.
      const tag = store.served.length + 1;
      const { objects } = store;
      const copies = store.copies === null ? null : [...store.copies.slice(-1), { objects, timestamp, tag }];
      const next = { ...store, timestamp, tag, copies, served: [...store.served, timestamp] };
      return { next, reply: { kind: 'swapped', tag } };
    }
  }
}

function putNew(
  store: Store,
  key: string,
  object: BinObject | SnapshotObject,
  rules: Rules,
): Performed<Store> {
  const there = store.objects[key];
  if (there !== undefined && JSON.stringify(there.object) === JSON.stringify(object)) {
    return { next: store, reply: done };
  }
  if (there !== undefined && rules.createOnly) return { next: store, reply: refused('store.conflict') };
  const entries = { ...store.objects, [key]: { object, durable: false } };
  const objects = Object.fromEntries(
    Object.keys(entries)
      .toSorted()
      .map((name) => [name, entries[name]!]),
  );
  return { next: { ...store, objects }, reply: done };
}

/** Whatever was not made durable is gone. */
export function afterPowerCut(store: Store): Store {
  const objects = Object.fromEntries(Object.entries(store.objects).filter(([, { durable }]) => durable));
  return { ...store, objects };
}

/**
 * The store as it was before the last swap: the timestamp alone, or every object too.
 * Null when nothing was swapped so far, or when clients have seen what it does not show already.
 */
export function setBack(store: Store, what: 'timestamp' | 'everything'): Store | null {
  const { copies, seen } = store;
  if (copies?.length !== 2 || seen !== null) return null;
  const [{ objects, timestamp, tag }] = copies as [StoreCopy, StoreCopy];
  const bins = snapshotOf(store, store.timestamp.snapshot)!.bins;
  return {
    ...store,
    objects: what === 'everything' ? objects : store.objects,
    timestamp,
    tag,
    copies: null,
    seen: { timestamp: store.timestamp, bins },
  };
}

export function snapshotOf(store: Store, version: number): SnapshotObject | null {
  const object = store.objects[snapshotKey(version)]?.object;
  return object !== undefined && 'bins' in object ? object : null;
}

export function binOf(store: Store, index: number, version: number): BinObject | null {
  const object = store.objects[binKey(index, version)]?.object;
  return object !== undefined && 'files' in object ? object : null;
}
