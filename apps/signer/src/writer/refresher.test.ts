import { FakeClock } from '@rind/kernel';
import { defaultRefresh } from '@rind/repository';
import { beforeEach, describe, expect, it } from 'vitest';
import { publishFirst } from '../../test/first-publication.ts';
import { MemoryLog } from '../../test/memory-log.ts';
import { MemoryStore } from '../../test/memory-store.ts';
import type { PublishedState } from '../published/published-state.ts';
import { Refresher } from './refresher.ts';

const nowMs = 1_800_000_000_000;
const hour = 3_600_000;

let log: MemoryLog;
let state: PublishedState;

beforeEach(async () => {
  log = new MemoryLog(nowMs);
  state = await publishFirst(new MemoryStore(), nowMs + 24 * hour);
});

const refresher = (tickMs = defaultRefresh.tickMs) =>
  new Refresher(log, new FakeClock(nowMs), { ...defaultRefresh, tickMs });

function binsExpireIn(...hours: number[]): void {
  log.bins = hours.map((left, idx) => ({ idx, expiresMs: nowMs + left * hour }));
}

describe('the refresher', () => {
  it('has nothing to do while everything is fresh', async () => {
    binsExpireIn(17, 24);
    expect(await refresher().plan(state)).toBeNull();
  });

  it.each(['timestampExpiresMs', 'snapshotExpiresMs'] as const)(
    'renews the top when %s is near',
    async (role) => {
      const plan = await refresher().plan({ ...state, [role]: nowMs + 15.9 * hour });
      expect(plan?.record).toMatchObject({ kind: 'refresh', bins: [], newSnapshot: true });
    },
  );

  it('takes the bins that expire first, a share of those that are due', async () => {
    binsExpireIn(...Array.from({ length: 1_000 }, (_, i) => 16 - (i % 500) / 1_000));
    const bins = (await refresher().plan(state))!.record.bins;
    expect(bins.length).toBeGreaterThan(0);
    expect(bins.length).toBeLessThan(20);
    expect(new Set(bins.slice(0, 2))).toEqual(new Set([499, 999]));
  });

  it('takes all at once when there is no time left', async () => {
    binsExpireIn(-1, 3, 17);
    expect((await refresher().plan(state))?.record.bins).toEqual([0, 1]);
  });

  it('passes over bins that cannot be built, and renews the others', async () => {
    binsExpireIn(-1, 3, 17);
    const settings = { ...defaultRefresh };
    const plan = await new Refresher(
      log,
      new FakeClock(nowMs),
      settings,
      () => 0,
      () => [0],
    ).plan(state);
    expect(plan?.record.bins).toEqual([1]);
  });

  it('asks once a tick', async () => {
    binsExpireIn(-1);
    const slow = refresher();
    expect(await slow.plan(state)).not.toBeNull();
    expect(await slow.plan(state)).toBeNull();
    const restless = refresher(0);
    expect(await restless.plan(state)).not.toBeNull();
    expect(await restless.plan(state)).not.toBeNull();
  });

  it('asks again at once when the database did not answer', async () => {
    binsExpireIn(-1);
    const subject = refresher();
    const count = log.countBinsExpiringBefore.bind(log);
    log.countBinsExpiringBefore = () => {
      log.countBinsExpiringBefore = count;
      return Promise.reject(new Error('the database is away'));
    };
    await expect(subject.plan(state)).rejects.toThrow();
    expect(await subject.plan(state)).not.toBeNull();
  });
});
