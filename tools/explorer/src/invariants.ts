import type { Move } from './moves.ts';
import { binOf, snapshotOf } from './store.ts';
import { binKey, snapshotKey } from './world.ts';
import type { Store, StoredObject, TimestampObject, World } from './world.ts';

/** What must hold after every move; the answer says what is wrong, or null. */
export interface Invariant {
  readonly name: string;
  readonly sentence: string;
  readonly broken: (before: World, move: Move) => string | null;
}

function neverDangles(_before: World, { world }: Move): string | null {
  const { timestamp, objects } = world.store;
  const snapshot = snapshotOf(world.store, timestamp.snapshot);
  if (snapshot === null) return `${snapshotKey(timestamp.snapshot)} is not there`;
  if (snapshot.id !== timestamp.snapshotId) return `${snapshotKey(timestamp.snapshot)} has other bytes`;
  const missing = snapshot.bins.map((version, i) => binKey(i, version)).find((key) => !(key in objects));
  return missing === undefined ? null : `${missing} is not there`;
}

function neverRewrites(before: World, { world }: Move): string | null {
  if (before.store.objects === world.store.objects) return null;
  for (const [key, { object }] of Object.entries(before.store.objects)) {
    const now: StoredObject | undefined = world.store.objects[key];
    if (now !== undefined && JSON.stringify(now.object) !== JSON.stringify(object)) return key;
  }
  return null;
}

function neverForks(before: World, { world }: Move): string | null {
  const [old, now] = [before.store.timestamp, world.store.timestamp];
  if (old === now) return null;
  if (now.version <= old.version) return `timestamp ${old.version} became ${now.version}`;
  if (now.snapshot < old.snapshot) return `snapshot ${old.snapshot} became ${now.snapshot}`;
  if (now.snapshot === old.snapshot && now.snapshotId !== old.snapshotId)
    return 'two snapshots of one version';
  const was = snapshotOf(before.store, old.snapshot);
  const is = snapshotOf(world.store, now.snapshot);
  for (const [i, version] of was?.bins.entries() ?? []) {
    if ((is?.bins[i] ?? 0) < version) return `bin ${i} went back from version ${version}`;
  }
  const gone = filesOf(before.store, old).find((file) => !filesOf(world.store, now).includes(file));
  return gone === undefined ? null : `file ${gone} is gone`;
}

/** Clients keep what they have seen, whatever becomes of the store. */
function neverBelowSeen(before: World, { world }: Move): string | null {
  const { seen, timestamp } = world.store;
  if (seen === null || before.store.timestamp === timestamp || timestamp.id === seen.timestamp.id)
    return null;
  if (timestamp.version <= seen.timestamp.version)
    return `timestamp ${seen.timestamp.version} was seen, ${timestamp.version} is served`;
  if (timestamp.snapshot < seen.timestamp.snapshot)
    return `snapshot ${seen.timestamp.snapshot} was seen, ${timestamp.snapshot} is served`;
  if (timestamp.snapshot === seen.timestamp.snapshot)
    return timestamp.snapshotId === seen.timestamp.snapshotId ? null : 'two snapshots of one version';
  const bins = snapshotOf(world.store, timestamp.snapshot)?.bins ?? [];
  const i = seen.bins.findIndex((version, idx) => (bins[idx] ?? 0) < version);
  return i < 0 ? null : `bin ${i} was seen in version ${seen.bins[i]}, ${bins[i]} is served`;
}

function neverHalf(before: World, { world }: Move): string | null {
  if (before.store.timestamp === world.store.timestamp) return null;
  const lists = listsOf(world.store, world.store.timestamp).map((files) => files.join());
  return new Set(lists).size <= 1 ? null : `bins list ${lists.join(' and ')}`;
}

function neverTwice(before: World, { world }: Move): string | null {
  // What was published since the copy was made is forgotten with it.
  if (world.epoch > 0) return null;
  if (before.store.timestamp === world.store.timestamp) return null;
  const files = filesOf(world.store, world.store.timestamp);
  return new Set(files).size === files.length ? null : `files ${files.join()}`;
}

function closedIsServed(before: World, { world }: Move): string | null {
  if (before.database === world.database && before.store === world.store) return null;
  if (world.epoch > 0 || world.backup !== null || world.store.seen !== null) return null;
  const served = new Set(world.store.served.map(({ id }) => Number(id.split('/')[2])));
  for (const [i, { state }] of world.database.records.entries()) {
    if (state === 'closed' && !served.has(i + 1))
      return `publication ${i + 1} is closed and was never served`;
    if (state === 'abandoned' && served.has(i + 1)) return `publication ${i + 1} is abandoned and was served`;
    if (state === 'open' && served.has(i + 1))
      return `publication ${i + 1} was served before it was prepared`;
  }
  const files = filesOf(world.store, world.store.timestamp);
  const row = world.database.rows.findIndex(
    ({ state }, file) => state === 'published' && !files.includes(file),
  );
  return row < 0 ? null : `file ${row} is called published and is not served`;
}

function oldHolderIsSilent(before: World, { world }: Move): string | null {
  // The fence went back with everything else.
  if (world.epoch > 0) return null;
  const [old, now] = [before.store.timestamp, world.store.timestamp];
  return now.fence < old.fence ? `the holder of fence ${now.fence} swapped after ${old.fence}` : null;
}

const needless = new Set(['store.precondition-failed', 'timestamp replaced', 'store.conflict', 'takeover']);

function nobodyStopsForNothing(before: World, move: Move): string | null {
  if (move.stopped === null || move.signer === null || !needless.has(move.stopped)) return null;
  const signer = before.signers[move.signer]!;
  if (signer.at === 'standby' || signer.fence !== before.database.lease.fence) return null;
  const { served } = before.store;
  const others = served.at(-1)!.fence !== signer.fence && served.length > 1;
  if (others || before.epoch > 0) return null;
  return `the holder of fence ${signer.fence} stopped (${move.stopped}), and nobody had overtaken it`;
}

/** Here nobody tampers with the store. */
function noFalseAlarm(_before: World, { effect, stopped, world }: Move): string | null {
  if (world.epoch > 0) return null;
  if (world.store.seen !== null) return null;
  if (stopped === 'writer.refused') return 'a signer refuses a timestamp that its peer published';
  return effect?.call === 'get-snapshot' ? 'a signer takes the store for older than the record' : null;
}

export const invariants: readonly Invariant[] = [
  {
    name: 'never-dangles',
    sentence: 'A served timestamp names a snapshot that is there, and that one bins that are there.',
    broken: neverDangles,
  },
  {
    name: 'never-rewrites',
    sentence: 'No version of a role ever has two contents.',
    broken: neverRewrites,
  },
  {
    name: 'never-forks',
    sentence: 'Each served state is newer than the one before and contains it.',
    broken: neverForks,
  },
  {
    name: 'never-below-seen',
    sentence: 'After the store was set back, the next publication is above all that clients saw.',
    broken: neverBelowSeen,
  },
  {
    name: 'never-half',
    sentence: 'All changes of one publication are seen at once.',
    broken: neverHalf,
  },
  { name: 'never-twice', sentence: 'No accepted file is published twice.', broken: neverTwice },
  {
    name: 'closed-is-served',
    sentence: 'A record is closed if it was served, and only then; what was served is never abandoned.',
    broken: closedIsServed,
  },
  {
    name: 'old-holder-is-silent',
    sentence: 'Once a new holder has moved the timestamp, nothing of an old one becomes visible.',
    broken: oldHolderIsSilent,
  },
  {
    name: 'nobody-stops-for-nothing',
    sentence: 'A holder gives its process up only when another one has overtaken it.',
    broken: nobodyStopsForNothing,
  },
  {
    name: 'no-false-alarm',
    sentence: 'No signer takes what another one did for tampering.',
    broken: noFalseAlarm,
  },
];

/** The files that a client sees, from the bin that lists them. */
export function filesOf(store: Store, timestamp: TimestampObject): readonly number[] {
  return listsOf(store, timestamp)[0] ?? [];
}

function listsOf(store: Store, { snapshot }: TimestampObject): (readonly number[])[] {
  const bins = snapshotOf(store, snapshot)?.bins ?? [];
  return bins.map((version, i) => binOf(store, i, version)?.files ?? []);
}
