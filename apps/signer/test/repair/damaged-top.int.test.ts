import { utf8 } from '@rind/kernel';
import { joinMetadata, parseSnapshot, parseTimestamp } from '@rind/metadata';
import {
  binIndexOf,
  binName,
  metadataKey,
  onlineSnapshot,
  SnapshotVector,
  timestampKey,
} from '@rind/repository';
import type { Signer } from '@rind/signing-port';
import { StorageError } from '@rind/storage-port';
import type { ObjectStore } from '@rind/storage-port';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { servedTargets } from '../known-faults/served-targets.ts';
import { ceremonyKeys } from '../simulation/first-ceremony.ts';
import { SimulatedIndex } from '../simulation/simulated-index.ts';
import { testSigner } from '../test-keys.ts';

const hour = 3_600_000;
const bitLength = 2;

let index: SimulatedIndex;
beforeEach(async () => {
  const startMs = Date.parse('2026-01-01T00:00:00Z');
  index = await SimulatedIndex.start({ bitLength, tickMs: hour, startMs });
});
afterEach(() => index?.destroy());

/** The store for a signer that dies at its second swap, the one of the first upload, before or after it took place. */
function dyingAtSwap(when: 'before' | 'after'): ObjectStore {
  const through: ObjectStore = Object.create(index.store) as ObjectStore;
  let swaps = 0;
  through.replaceIf = async (key, bytes, tag) => {
    const dies = ++swaps === 2;
    const made = dies && when === 'before' ? null : await index.store.replaceIf(key, bytes, tag);
    if (dies) throw new StorageError('store.refused', 'dies', { key });
    return made!;
  };
  return through;
}

async function dieAtSwap(when: 'before' | 'after'): Promise<void> {
  const run = index.run(4 * hour, undefined, { store: dyingAtSwap(when) });
  await expect(run).rejects.toMatchObject({ code: 'writer.lost' });
  // Its lease runs out by the database's clock, which nobody moves here.
  await index.owner.query(`UPDATE signer.lease SET expires_at = '-infinity'`);
}

/** Versions by role, as a client that refreshed now would remember them. */
function shown(): Map<string, number> {
  const timestamp = parseTimestamp(index.store.bytesOf(timestampKey)!).signed;
  const { version } = timestamp.snapshotMeta;
  const snapshot = parseSnapshot(index.store.bytesOf(metadataKey('snapshot', version))!).signed;
  return new Map([
    ['timestamp', timestamp.version],
    ['snapshot', version],
    ...[...snapshot.meta].map(([file, meta]) => [file, meta.version] as const),
  ]);
}

/** Runs a signer, and looks after each of its swaps: no version that was shown may ever go back. */
async function runForward(before: ReadonlyMap<string, number>): Promise<void> {
  const through: ObjectStore = Object.create(index.store) as ObjectStore;
  let last = before;
  const wentBack: string[] = [];
  through.replaceIf = async (key, bytes, tag) => {
    const made = await index.store.replaceIf(key, bytes, tag);
    const now = shown();
    for (const [role, version] of last) if (now.get(role)! < version) wentBack.push(role);
    last = now;
    return made;
  };
  await index.run(2 * hour, undefined, { store: through });
  expect(wentBack).toEqual([]);
  expect(last.get('timestamp')).toBeGreaterThan(before.get('timestamp')!);
}

const path = 'packages/demo/demo-1.tar.gz';

describe('a timestamp that is gone', () => {
  it('when the last publication had shown itself, goes on from what it showed', async () => {
    await index.upload();
    await dieAtSwap('after');
    const before = shown();
    expect(servedTargets(index.store)).toContain(path);
    expect(await index.published()).toBe(0);
    index.store.overwrite(timestampKey, utf8('{}'));
    await runForward(before);
    expect(servedTargets(index.store)).toContain(path);
    expect(await index.published()).toBe(1);
  });

  it('when the last publication was about to show itself, shows it', async () => {
    await index.upload();
    await dieAtSwap('before');
    const before = shown();
    expect(servedTargets(index.store)).not.toContain(path);
    await index.store.delete(timestampKey);
    await runForward(before);
    expect(servedTargets(index.store)).toContain(path);
    expect(await index.published()).toBe(1);
  });
});

describe('a record that is older than the store', () => {
  /** As the database was set back to a time before the snapshot with this number was begun. */
  async function storeSnapshot(version: number, signer: Pick<Signer, 'sign'>): Promise<void> {
    const versions = new Float64Array(2 ** bitLength).map((_, idx) =>
      shown().get(`${binName(idx, bitLength)}.json`)!,
    );
    const vector = new SnapshotVector(bitLength, versions, 1, 1);
    const signed = onlineSnapshot(vector, version, '2026-01-03T00:00:00Z');
    await index.store.putNew(
      metadataKey('snapshot', version),
      joinMetadata(signed, [await signer.sign(signed)]),
    );
  }

  beforeEach(async () => {
    await index.upload();
    await index.run(2 * hour);
  });

  it('is not published from', async () => {
    await storeSnapshot(1_000, ceremonyKeys.online);
    await index.store.delete(timestampKey);
    await expect(index.run(2 * hour)).rejects.toMatchObject({
      code: 'writer.refused',
      details: { storedVersion: 1_000 },
    });
    expect(index.store.bytesOf(timestampKey)).toBeUndefined();
  });

  it('is told from a snapshot that somebody else put there', async () => {
    await storeSnapshot(1_000, testSigner('thief'));
    await index.store.delete(timestampKey);
    await index.run(2 * hour);
    expect(shown().get('snapshot')).toBeLessThan(1_000);
    expect(servedTargets(index.store)).toContain(path);
  });
});

describe('a bin that is made anew', () => {
  const idx = binIndexOf(path, bitLength);
  const role = binName(idx, bitLength);
  const loseBin = (): Promise<void> => index.store.delete(metadataKey(role, shown().get(`${role}.json`)!));

  beforeEach(async () => {
    await index.upload();
    await index.run(2 * hour);
    await index.store.delete(timestampKey);
  });

  const facts = `SELECT target_path, state, sha256, length, last_seq, yanked, bin FROM signer.path`;

  it('holds what was granted, whatever the committed facts say, and they are put right', async () => {
    const before = await index.owner.query(facts);
    await index.owner.query(
      `UPDATE signer.path SET sha256 = repeat('0', 64), state = 'deleted', last_seq = 0`,
    );
    for (const key of await keysOfBin()) await index.store.delete(key);
    await index.run(2 * hour);
    expect(servedTargets(index.store)).toContain(path);
    const after = await index.owner.query(facts);
    expect(after.rows).toEqual(before.rows);
  });

  it.each([
    ['a grant is gone', `DELETE FROM signer.applied_grant`, 'grants'],
    ['it held more than the grants say', `UPDATE signer.bin SET targets = targets + 1`, 'targets'],
  ])('is refused when %s', async (_what, tamper, reason) => {
    await index.owner.query(tamper);
    for (const key of await keysOfBin()) await index.store.delete(key);
    await index.run(2 * hour);
    expect(await index.audited('repair.refused')).toEqual([expect.objectContaining({ reason })]);
    expect(() => servedTargets(index.store)).toThrow(role);
  });

  /** Every version of the bin that holds the path. */
  async function keysOfBin(): Promise<string[]> {
    const keys: string[] = [];
    for await (const key of index.store.list('metadata/')) if (key.endsWith(`.${role}.json`)) keys.push(key);
    return keys;
  }

  it('while the signer runs, is met by the request that needs it, and does not lose it', async () => {
    await index.run(1 * hour);
    await loseBin();
    for (let n = 0; n < 8; n++) await index.upload();
    await index.run(6 * hour);
    expect(await index.published()).toBe(9);
    expect(await index.audited('store.corrupt')).toContainEqual(
      expect.objectContaining({ role, code: 'store.missing' }),
    );
    expect([...servedTargets(index.store)].filter((each) => each.startsWith('packages/'))).toHaveLength(9);
  });
});
