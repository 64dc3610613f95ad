import { noCheckpoint, utf8 } from '@rind/kernel';
import type { AuditEvent, GonePackage } from '@rind/queue-port';
import { binName, binVersion, metadataKey, SnapshotVector } from '@rind/repository';
import { StorageError } from '@rind/storage-port';
import { beforeEach, describe, expect, it } from 'vitest';
import { bitLength, publishFirst } from '../../test/first-publication.ts';
import { MemoryGarbage } from '../../test/memory-garbage.ts';
import { MemoryStore } from '../../test/memory-store.ts';
import type { PublishedState } from '../published/published-state.ts';
import { Sweeper } from './sweeper.ts';
import type { SweeperParts } from './sweeper.ts';
import { SweepRuns } from './sweep-runs.ts';
import type { SweepMode, SweepRun } from './sweep-runs.ts';

const graceMs = 1_000;
const hash = (digit: string): string => digit.repeat(64);
const pageKey = (project: string, sha256: string): string => `targets/simple/${project}/${sha256}.index.json`;

let store: MemoryStore;
let garbage: MemoryGarbage;
let state: PublishedState;
let runs: SweepRuns;
let elapsedMs: number;
let audited: AuditEvent[];
let ended: SweepRun[];

beforeEach(async () => {
  store = new MemoryStore();
  garbage = new MemoryGarbage();
  state = await publishFirst(store, 1e12);
  for (let i = 0; i < 2 ** bitLength; i++) put(metadataKey(binName(i, bitLength), binVersion(1, i)));
  for (const role of ['root', 'targets', 'bins']) put(metadataKey(role, 1));
  runs = new SweepRuns();
  elapsedMs = 0;
  audited = [];
  ended = [];
  runs.accept(() => {});
});

function put(key: string): string {
  store.overwrite(key, utf8(key));
  return key;
}

function sweeper(over: Partial<SweeperParts> = {}): Sweeper {
  return new Sweeper({
    runs,
    log: garbage,
    store,
    bitLength,
    checkpoint: noCheckpoint,
    settings: { graceMs, packageRetentionMs: 0, dailySnapshots: 0, sliceSize: 3 },
    intervalMs: 0,
    elapsedMs: () => elapsedMs,
    audit: async (events) => void audited.push(...events),
    report: { ended: (run) => void ended.push(run), failed: () => {} },
    ...over,
  });
}

/** All slices of what is due, as holder of `fence`; answers how many they were. */
async function sweepOut(one: Sweeper, fence = garbage.fence): Promise<number> {
  let slices = 1;
  while (await one.turn(fence, state)) slices++;
  return slices;
}

async function ask(mode: SweepMode, one = sweeper()): Promise<SweepRun> {
  const { id } = runs.request(mode, 'operator');
  await sweepOut(one);
  return runs.find(id);
}

describe('a sweep', () => {
  it('needs everything of a new index', async () => {
    const { state: how, report } = await ask('delete');
    expect(how).toBe('done');
    expect(report).toMatchObject({ scanned: 9, kept: 9, unreferenced: 0, deleted: 0 });
  });

  it('deletes after the grace period what nothing needed all the while, and reports before', async () => {
    const old = [
      put(metadataKey('bin-0', binVersion(2, 0))),
      put(metadataKey('snapshot', 7)),
      put(pageKey('a', hash('a'))),
    ];
    garbage.pages.set('a', hash('b'));
    put(pageKey('a', hash('b')));
    expect((await ask('delete')).report).toMatchObject({ waiting: 3, deletable: 0, deleted: 0 });
    garbage.nowMs += graceMs;
    expect((await ask('delete')).report).toMatchObject({ waiting: 3, deletable: 0, deleted: 0 });
    garbage.nowMs += 1;
    expect((await ask('report')).report).toMatchObject({ waiting: 0, deletable: 3, deleted: 0 });
    for (const key of old) expect(store.bytesOf(key), key).toBeDefined();
    expect((await ask('delete')).report).toMatchObject({
      deletable: 3,
      deleted: 3,
      byArea: { metadata: { deleted: 2 }, pages: { deleted: 1 } },
    });
    for (const key of old) expect(store.bytesOf(key), key).toBeUndefined();
    expect(store.bytesOf(pageKey('a', hash('b')))).toBeDefined();
    expect((await ask('delete')).report).toMatchObject({ unreferenced: 0, deleted: 0 });
  });

  it('begins the grace period anew for what was needed again in between', async () => {
    const key = put(pageKey('a', hash('a')));
    await ask('delete');
    garbage.nowMs += graceMs + 1;
    garbage.pages.set('a', hash('a'));
    await ask('delete');
    garbage.pages.delete('a');
    expect((await ask('delete')).report).toMatchObject({ waiting: 1, deleted: 0 });
    expect(store.bytesOf(key)).toBeDefined();
  });

  it('judges anew in the slice that deletes, when something came to need it since it was listed', async () => {
    const keys = ['a', 'b', 'c', 'd'].map((name) => put(pageKey(name, hash('a'))));
    await ask('report');
    garbage.nowMs += graceMs + 1;
    runs.request('delete', 'operator');
    const one = sweeper();
    // Published between two slices, while the list of what is due already has it.
    for (let more = true; more;) {
      more = await one.turn(1, state);
      if (store.bytesOf(keys[0]!) === undefined) garbage.pages.set('d', hash('a'));
    }
    expect(keys.map((key) => store.bytesOf(key) !== undefined)).toEqual([false, false, false, true]);
    expect(garbage.rows.has(keys[3]!)).toBe(false);
  });

  it('works in slices of the given size', async () => {
    for (let i = 0; i < 7; i++) put(metadataKey('snapshot', 10 + i));
    await ask('report');
    garbage.nowMs += graceMs + 1;
    runs.request('delete', 'operator');
    const before = store.calls.length;
    const one = sweeper();
    for (let more = true; more;) {
      const deletions = store.calls.filter((call) => call.startsWith('delete')).length;
      more = await one.turn(1, state);
      const now = store.calls.filter((call) => call.startsWith('delete')).length;
      expect(now - deletions).toBeLessThanOrEqual(3);
    }
    expect(store.calls.slice(before).filter((call) => call.startsWith('delete'))).toHaveLength(7);
  });

  it('takes files for their paths: after the retention, with their metadata, once and for ever', async () => {
    const gone = (name: string, over: Partial<GonePackage> = {}): GonePackage => ({
      targetPath: `packages/a/${name}`,
      project: 'a',
      filename: name,
      sha256: hash('a'),
      hasCoreMetadata: false,
      expired: true,
      ...over,
    });
    garbage.gone = [
      gone('1.whl', { hasCoreMetadata: true }),
      gone('2.whl', { expired: false }),
      gone('3.whl'),
      gone('4.whl', { expired: false, hasCoreMetadata: true }),
    ];
    const keys = ['1.whl', '1.whl.metadata', '2.whl', '3.whl', '4.whl', '4.whl.metadata', 'live.whl'].map(
      (name) => put(`targets/packages/a/${hash('a')}.${name}`),
    );
    expect((await ask('report')).report?.byArea.packages).toEqual({
      scanned: 6,
      kept: 0,
      waiting: 3,
      deletable: 3,
      deleted: 0,
    });
    expect((await ask('delete')).report?.byArea.packages).toMatchObject({ deletable: 3, deleted: 3 });
    expect(keys.map((key) => store.bytesOf(key) !== undefined)).toEqual([
      false,
      false,
      true,
      false,
      true,
      true,
      true,
    ]);
    garbage.nowMs += 10 * graceMs;
    expect((await ask('delete')).report?.byArea.packages).toMatchObject({ waiting: 3, deletable: 0 });
    expect(garbage.rows.get(keys[0]!)).toMatchObject({ lasting: true });
  });

  it('keeps the last snapshots of so many days, with everything that they name', async () => {
    garbage.daily = [70, 1, 2];
    const superseded = [
      ...Array.from({ length: 2 ** bitLength }, (_, i) =>
        metadataKey(binName(i, bitLength), binVersion(1, i)),
      ),
      metadataKey('targets', 1),
      metadataKey('bins', 1),
      metadataKey('snapshot', 1),
    ];
    const newer = Float64Array.from({ length: 2 ** bitLength }, (_, i) => binVersion(2, i));
    state = { ...state, vector: new SnapshotVector(bitLength, newer, 2, 2), snapshotVersion: 2 };
    const other = put(metadataKey('bin-0', binVersion(7, 0)));
    const settings = { graceMs, packageRetentionMs: 0, dailySnapshots: 2, sliceSize: 3 };
    await ask('report', sweeper({ settings }));
    garbage.nowMs += graceMs + 1;
    expect((await ask('delete', sweeper({ settings }))).report).toMatchObject({ deleted: 1 });
    expect(store.bytesOf(other)).toBeUndefined();
    for (const key of superseded) expect(store.bytesOf(key), key).toBeDefined();

    // Today's, and nothing of the day before.
    await ask('report', sweeper({ settings: { ...settings, dailySnapshots: 1 } }));
    garbage.nowMs += graceMs + 1;
    await ask('delete', sweeper({ settings: { ...settings, dailySnapshots: 1 } }));
    for (const key of superseded) expect(store.bytesOf(key), key).toBeUndefined();
    expect(store.bytesOf(metadataKey('root', 1))).toBeDefined();
  });

  it('ends where the store fails, keeps what failed condemned for good, and goes on the next time', async () => {
    const keys = ['a', 'b', 'c', 'd'].map((name) => put(pageKey(name, hash('a'))));
    await ask('report');
    garbage.nowMs += graceMs + 1;
    store.fail('delete', 'refused');
    expect(await ask('delete')).toMatchObject({ state: 'failed', reason: 'store.unavailable' });
    expect(store.bytesOf(keys[0]!)).toBeDefined();
    expect(await ask('delete')).toMatchObject({ state: 'done' });
    for (const key of keys) expect(store.bytesOf(key), key).toBeUndefined();
    garbage.nowMs += graceMs + 1;
    await ask('delete');
    // A deletion whose outcome nobody knew may still come; the others are known to be over.
    expect([...garbage.rows.keys()]).toEqual([keys[0]]);
  });

  it('goes on after any step that fails, with nothing left behind', async () => {
    const calls = ['references', 'observe', 'due', 'condemn', 'confirm', 'pardon', 'unconfirmed', 'census'];
    for (const call of calls) {
      const key = put(metadataKey('snapshot', 50));
      await ask('report');
      garbage.nowMs += graceMs + 1;
      garbage.failing.set(call, new StorageError('store.unavailable', 'test', { key }));
      expect(await ask('delete'), call).toMatchObject({ state: 'failed', reason: 'store.unavailable' });
      garbage.nowMs += graceMs + 1;
      await ask('delete');
      garbage.nowMs += graceMs + 1;
      await ask('delete');
      expect(store.bytesOf(key), call).toBeUndefined();
    }
  });

  it('never outlives the lease', async () => {
    put(metadataKey('snapshot', 50));
    runs.request('delete', 'operator');
    const one = sweeper();
    garbage.fence = 2;
    await expect(sweepOut(one, 1)).rejects.toMatchObject({ code: 'lease.lost' });
    expect(garbage.unreferenced.size).toBe(0);
  });
});

describe('the schedule of sweeps', () => {
  it('sweeps once an interval, the first time after a quarter of an hour at the latest', async () => {
    const one = sweeper({ intervalMs: 3_600_000 });
    const sweeps: number[] = [];
    for (; elapsedMs <= 9_000_000; elapsedMs += 100_000) {
      if (one.isDue) sweeps.push(elapsedMs);
      await sweepOut(one);
    }
    expect(sweeps).toEqual([900_000, 4_500_000, 8_100_000]);
    expect(ended.map(({ mode, by }) => `${mode} ${by}`)).toEqual(Array(3).fill('delete schedule'));
  });

  it('does nothing by itself when it is off', async () => {
    const one = sweeper({ intervalMs: 0 });
    elapsedMs = Number.MAX_SAFE_INTEGER;
    expect(one.isDue).toBe(false);
    expect(await one.turn(1, state)).toBe(false);
    expect(ended).toEqual([]);
  });

  it('records what was deleted, and what the operator had done', async () => {
    const one = sweeper({ intervalMs: 1 });
    elapsedMs = 1;
    await sweepOut(one);
    expect(audited).toEqual([]);
    runs.request('report', 'operator');
    await sweepOut(one);
    expect(audited).toEqual([]);
    runs.request('delete', 'operator');
    await sweepOut(one);
    expect(audited.map(({ event, actor }) => [event, actor])).toEqual([['gc.swept', 'operator']]);
    put(metadataKey('snapshot', 50));
    elapsedMs = 2;
    await sweepOut(one);
    garbage.nowMs += graceMs + 1;
    elapsedMs = 3;
    await sweepOut(one);
    expect(audited.map(({ event, actor }) => [event, actor])).toEqual([
      ['gc.swept', 'operator'],
      ['gc.swept', null],
    ]);
    expect(audited[1]?.detail).toMatchObject({ deleted: 1 });
  });
});
