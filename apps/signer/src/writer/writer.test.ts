import { FakeClock, monotonicMs, noCheckpoint } from '@rind/kernel';
import type { AuditEvent, Lease, OutboxRow, UnprovenBinRecord } from '@rind/queue-port';
import { RepositoryError } from '@rind/repository';
import { StorageError } from '@rind/storage-port';
import { beforeEach, describe, expect, it } from 'vitest';
import { publishFirst } from '../../test/first-publication.ts';
import { MemoryLog } from '../../test/memory-log.ts';
import { MemoryStore } from '../../test/memory-store.ts';
import type { PublishedState } from '../published/published-state.ts';
import type { PlannedBatch } from '../publishing/batch-planner.ts';
import { refreshPlan } from '../publishing/plan.ts';
import type { PublishingPlan } from '../publishing/plan.ts';
import type { PublishResult } from '../publishing/publisher.ts';
import { Wakeup } from './wakeup.ts';
import { Writer } from './writer.ts';

const nowMs = 1_800_000_000_000;

let log: MemoryLog;
let clock: FakeClock;
let state: PublishedState;
let holder: boolean;
let renewed: () => void;
/** What each publication ends with; after the last one the writer drains. */
let results: PublishResult[];
let published: PublishingPlan[];
let refreshes: PublishingPlan[];
let plan: (rows: readonly OutboxRow[]) => Promise<PlannedBatch>;
let ages: (number | null)[];
/** What each slice of the sweep does: answers whether there is more, or fails. The state that each was given. */
let slices: (() => boolean)[];
let sweptAt: PublishedState[];
/** Told of each publication's base; by default the writer drains after the last of `results`. */
let publishOn: ((base: PublishedState) => void) | null;
/** What cannot be built, as the last holder recorded it and as it is found; what the record was told of it. */
let unproven: readonly UnprovenBinRecord[];
let recorded: (readonly UnprovenBinRecord[])[];
let heldForBins: (readonly number[])[];
let pauses: number[];
let writer: Writer;

const lease: Lease = {
  acquire: async () => ({ fence: 7, databaseNowMs: nowMs }),
  renew: async () => {
    renewed();
    return holder;
  },
  release: async () => void log.calls.push('release'),
};

beforeEach(async () => {
  log = new MemoryLog(nowMs);
  clock = new FakeClock(nowMs);
  state = await publishFirst(new MemoryStore(), nowMs + 86_400_000);
  holder = true;
  renewed = () => {};
  results = [];
  published = [];
  refreshes = [];
  plan = async (rows) => planned(rows);
  ages = [];
  slices = [];
  sweptAt = [];
  publishOn = null;
  unproven = [];
  recorded = [];
  heldForBins = [];
  pauses = [];
  const wakeup = new Wakeup();
  wakeup.pause = async (ms) => void pauses.push(ms);
  writer = new Writer({
    lease,
    log,
    planner: { plan: (rows) => plan(rows) },
    refresher: { plan: async () => refreshes.shift() ?? null },
    publisher: { publish: async (_fence, base, one) => publish(base, one) },
    sweeper: {
      get isDue() {
        return slices.length > 0;
      },
      turn: async (_fence, at) => {
        sweptAt.push(at);
        return slices.shift()!();
      },
    },
    unproven: {
      bins: {
        get records() {
          return unproven;
        },
        remember: (found) => void (unproven = found),
      },
      log: {
        unprovenBins: async () => [...unproven],
        recordUnproven: async (_fence, bins) => void recorded.push(bins),
        holdRows: async (_fence, ids) => void heldForBins.push(ids),
      },
    },
    takeOver: async () => state,
    clock,
    randomness: { bytes: (length) => new Uint8Array(length) },
    wakeup,
    checkpoint: noCheckpoint,
    settings: {
      holder: 'here:1',
      leaseTtlMs: 30,
      minPublishIntervalMs: 0,
      maxBatch: 10,
      maxClockSkewMs: 60_000,
      clockOffsetMs: 0,
      idleMs: 5,
      heldRetryMs: 60_000,
    },
    report: {
      standby: () => {},
      active: () => {},
      queue: (oldest) => ages.push(oldest),
      published: () => {},
      abandoned: () => {},
      warn: () => {},
    },
  });
});

function publish(base: PublishedState, one: PublishingPlan): PublishResult {
  published.push(one);
  publishOn?.(base);
  const result = results.shift() ?? { kind: 'published', state, id: 1 };
  if (result.kind === 'published') {
    log.rows = log.rows.filter(({ id }) => !one.record.outboxIds.includes(id));
  }
  if (results.length === 0 && publishOn === null) writer.drain();
  return result;
}

/** All rows, one publication. */
function planned(rows: readonly OutboxRow[], over: Partial<PlannedBatch> = {}): PlannedBatch {
  const outboxIds = rows.map(({ id }) => id);
  const changes = refreshPlan([], monotonicMs());
  return {
    plan: { ...changes, record: { ...changes.record, kind: 'changes', outboxIds } },
    setAside: [],
    held: [],
    databaseNowMs: nowMs,
    rowsByPath: new Map(),
    ...over,
  };
}

function enqueue(...ids: number[]): void {
  for (const id of ids) {
    log.rows.push({
      id,
      uploadId: `upload ${id}`,
      targetPath: `packages/demo/${id}`,
      envelope: new Uint8Array(),
      coreMetadataSha256: null,
      provenanceSha256: null,
      enqueuedAtMs: nowMs - 1_000 + id,
    });
  }
}

const ok = (): PublishResult => ({ kind: 'published', state, id: 1 });
const abandoned = (cause: Error): PublishResult => ({ kind: 'abandoned', reason: 'test', cause });
const audited = (): string[] => log.audited.map(({ event }) => event);

describe('the writer', () => {
  it('sweeps a slice after each publication, on what was published last, and goes on when nothing waits', async () => {
    const moved = { ...state, timestampVersion: 9 };
    enqueue(1);
    results = [{ kind: 'published', state: moved, id: 1 }];
    const [more, last] = [() => true, () => (writer.drain(), false)];
    slices = [more, more, last];
    publishOn = () => {};
    await writer.run();
    expect(published).toHaveLength(1);
    expect(sweptAt.map(({ timestampVersion }) => timestampVersion)).toEqual([9, 9, 9]);
  });

  it('keeps what it published when the sweep after it fails', async () => {
    const moved = { ...state, timestampVersion: 9 };
    const bases: number[] = [];
    publishOn = (base) => bases.push(base.timestampVersion);
    enqueue(1);
    results = [{ kind: 'published', state: moved, id: 1 }];
    const failing = (): boolean => {
      enqueue(2);
      results = [ok()];
      throw new StorageError('store.unavailable', 'no answer', { key: '' });
    };
    slices = [failing, () => (writer.drain(), false)];
    await writer.run();
    expect(bases).toEqual([state.timestampVersion, 9]);
  });

  it('publishes what is pending, drains and gives the lease back', async () => {
    enqueue(1, 2);
    await writer.run();
    expect(published.map(({ record }) => record.outboxIds)).toEqual([[1, 2]]);
    expect(log.calls.at(-1)).toBe('release');
  });

  it('lets no stream of requests keep metadata from being refreshed', async () => {
    enqueue(1);
    refreshes = [refreshPlan([3], 0)];
    results = [ok(), ok()];
    await writer.run();
    expect(published.map(({ record }) => record.kind)).toEqual(['refresh', 'changes']);
  });

  it('tells how long the oldest request has waited, held ones too', async () => {
    enqueue(1, 2);
    results = [ok(), ok()];
    plan = async (rows) => {
      const [first, ...rest] = rows;
      if (rest.length > 0) enqueue(3);
      return rest.length === 0 ? planned(rows) : planned(rest, { held: [hold(first!.id)] });
    };
    await writer.run();
    expect(ages).toEqual([nowMs - 999, nowMs - 999]);
  });

  it('leaves rows above a quota out of the next batches, and audits each once', async () => {
    enqueue(1, 2);
    results = [ok(), ok()];
    const batches: number[][] = [];
    plan = async (rows) => {
      batches.push(rows.map(({ id }) => id));
      if (batches.length > 1) return planned(rows);
      enqueue(3);
      return planned([rows[1]!], { held: [hold(1)] });
    };
    await writer.run();
    expect(batches).toEqual([[1, 2], [3]]);
    expect(audited()).toEqual(['quota.exceeded']);
  });

  it('holds rows that wait for a bin until one came or went, and says so on record', async () => {
    enqueue(1, 2);
    unproven = [{ idx: 3, reason: 'grants' }];
    results = [ok(), ok(), ok()];
    const batches: number[][] = [];
    plan = async (rows) => {
      batches.push(rows.map(({ id }) => id));
      const held = unproven.length === 0 ? [] : rows.filter(({ id }) => id === 1);
      if (batches.length === 1) enqueue(3);
      if (batches.length === 2) unproven = [];
      const others = rows.filter((row) => !held.includes(row));
      return planned(others, { held: held.map(({ id }) => hold(id, 'bin.unproven')) });
    };
    await writer.run();
    expect(batches).toEqual([[1, 2], [3], [1]]);
    expect(recorded).toEqual([[{ idx: 3, reason: 'grants' }], []]);
    expect(heldForBins).toEqual([[1]]);
    expect(audited()).toEqual(['bin.unproven']);
  });

  it('waits longer after each try that fails, in random parts, and begins anew after one that works', async () => {
    enqueue(1);
    let tries = 0;
    plan = async (rows) => {
      if (tries++ < 7) throw new StorageError('store.unavailable', 'no answer', { key: 'x' });
      if (tries === 8) enqueue(2);
      if (tries === 9) throw new StorageError('store.unavailable', 'no answer', { key: 'x' });
      return planned(rows);
    };
    results = [ok(), ok()];
    await writer.run();
    expect(pauses).toEqual([50, 100, 200, 400, 800, 1_000, 1_000, 50]);
  });

  it('says that it lost the lease, and stops', async () => {
    holder = false;
    await expect(writer.run()).rejects.toMatchObject({ code: 'writer.lost' });
    expect(log.audited).toEqual([
      { event: 'lease.lost', detail: { reason: 'lease.lost', fence: 7, holder: 'here:1' } },
    ]);
    expect(log.calls).not.toContain('release');
  });

  it('says that it lost the swap, and stops', async () => {
    enqueue(1);
    results = [{ kind: 'lost', reason: 'store.precondition-failed' }, ok()];
    await expect(writer.run()).rejects.toMatchObject({ code: 'writer.lost' });
    expect(log.audited).toMatchObject([
      { event: 'lease.lost', detail: { reason: 'store.precondition-failed' } },
    ]);
    expect(published).toHaveLength(1);
  });

  it('stops also when the database does not take the news', async () => {
    holder = false;
    log.failing.set('audit', new Error('the database is away'));
    await expect(writer.run()).rejects.toMatchObject({ code: 'writer.lost' });
  });

  it.each([60_001, -60_001])('signs nothing when its clock is %d ms off', async (offsetMs) => {
    enqueue(1);
    clock.advance(offsetMs);
    await expect(writer.run()).rejects.toMatchObject({ code: 'clock.off', details: { offsetMs } });
    expect(audited()).toEqual(['clock.off']);
    expect(log.calls).toContain('release');
    expect(published).toEqual([]);
  });

  it('signs nothing more when the clock goes off while it works', async () => {
    enqueue(1);
    plan = async (rows) => planned(rows, { databaseNowMs: nowMs - 60_001 });
    await expect(writer.run()).rejects.toMatchObject({ code: 'clock.off' });
    expect(published).toEqual([]);
  });

  it('waits out a store that does not answer, and frees the rows of what never went out', async () => {
    enqueue(1);
    let attempts = 0;
    plan = async (rows) => {
      if (attempts++ > 0) return planned(rows);
      const { id, ...versions } = await log.open(7, planned(rows).plan!.record);
      log.records = [{ ...versions, id, state: 'open', timestampSha256: null, bins: [] }];
      throw new StorageError('store.unavailable', 'no answer', { key: 'x' });
    };
    await writer.run();
    expect(log.calls).toContain('abandon 1 unknown outcome');
    expect(published.map(({ record }) => record.outboxIds)).toEqual([[1]]);
  });

  it('writes the lease’s row before it looks for what an unanswered commit may have left', async () => {
    enqueue(1);
    results = [abandoned(new StorageError('store.unavailable', 'no answer', { key: 'x' })), ok()];
    const calls: string[] = [];
    const unfinished = log.unfinished.bind(log);
    log.unfinished = async () => {
      calls.push('unfinished');
      return unfinished();
    };
    renewed = () => void calls.push('renew');
    await writer.run();
    expect(calls.slice(0, 2)).toEqual(['renew', 'unfinished']);
  });

  it('stops when somebody else holds the lease by then', async () => {
    enqueue(1);
    results = [abandoned(new StorageError('store.unavailable', 'no answer', { key: 'x' })), ok()];
    renewed = () => (holder = false);
    await expect(writer.run()).rejects.toMatchObject({
      code: 'writer.lost',
      details: { reason: 'lease.lost' },
    });
    expect(published).toHaveLength(1);
    expect(log.calls).not.toContain('unfinished');
  });

  it('dies of what does not pass', async () => {
    enqueue(1);
    plan = () => Promise.reject(new Error('a defect'));
    await expect(writer.run()).rejects.toThrow('a defect');
    expect(audited()).toEqual([]);
  });

  it('sets only the rows aside that would fill a bin too far', async () => {
    enqueue(1, 2);
    const cause = new RepositoryError('bin.too-large', 'full', { role: 'bin-3', bytes: 2, maxBytes: 1 });
    results = [abandoned(cause), ok()];
    plan = async (rows) => {
      const batch = planned(rows, { rowsByPath: new Map(rows.map((row) => [row.targetPath, [row.id]])) });
      const bins = new Map([[3, [{ path: 'packages/demo/1', target: null }]]]);
      const paths = rows.map(({ targetPath }) => ({ targetPath, project: 'demo' }));
      return {
        ...batch,
        plan: { ...batch.plan!, bins, record: { ...batch.plan!.record, paths: paths as never } },
      };
    };
    await writer.run();
    expect(log.aside.map(({ outboxId, reason }) => [outboxId, reason])).toEqual([[1, 'bin.too-large']]);
    expect(published.map(({ record }) => record.outboxIds)).toEqual([[1, 2], [2]]);
  });

  it('audits a store that does not hold what was committed', async () => {
    enqueue(1);
    const details = { role: 'bin-3', version: 5, reason: 'role or version differ' };
    results = [abandoned(new RepositoryError('store.corrupt', 'corrupt', details)), ok()];
    await writer.run();
    expect(log.audited).toMatchObject([{ event: 'store.corrupt', detail: { role: 'bin-3', version: 5 } }]);
  });
});

function hold(outboxId: number, event = 'quota.exceeded'): { outboxId: number; audit: AuditEvent } {
  return { outboxId, audit: { event } };
}
