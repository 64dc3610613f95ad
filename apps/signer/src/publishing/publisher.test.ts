import { hashHex } from '@rind/crypto';
import { FakeClock, noCheckpoint } from '@rind/kernel';
import { parseSnapshot, parseTimestamp } from '@rind/metadata';
import { binName, defaultRefresh, metadataKey, RepositoryError, timestampKey } from '@rind/repository';
import type { Signer } from '@rind/signing-port';
import { StorageError } from '@rind/storage-port';
import { beforeEach, describe, expect, it } from 'vitest';
import { bitLength, online, publishFirst, timestampOver } from '../../test/first-publication.ts';
import { MemoryLog } from '../../test/memory-log.ts';
import { MemoryStore } from '../../test/memory-store.ts';
import type { BinPool } from '../bins/bin-pool.ts';
import type { PublishedState } from '../published/published-state.ts';
import { refreshPlan, takeoverPlan } from './plan.ts';
import { Publisher } from './publisher.ts';
import type { PublishResult } from './publisher.ts';
import { StepTimer } from './step-timer.ts';

const nowMs = 1_800_000_000_000;
const fence = 7;

let store: MemoryStore;
let log: MemoryLog;
let clock: FakeClock;
let base: PublishedState;
let draining: boolean;
let building: (() => Promise<void>)[];
let signatures: number;

beforeEach(async () => {
  store = new MemoryStore();
  log = new MemoryLog(nowMs);
  clock = new FakeClock(nowMs);
  base = await publishFirst(store, nowMs + defaultRefresh.lifetimeMs);
  draining = false;
  building = [];
  signatures = 0;
});

/** As ECDSA: no two signatures of one message are the same. */
const neverTwice: Signer = {
  ...online,
  sign: async (message) => {
    const { keyid, sig } = await online.sign(message);
    return { keyid, sig: `${sig}${String(signatures++).padStart(4, '0')}` };
  },
};

const bins: Pick<BinPool, 'build'> = {
  build: async (_vector, changes, versions) => {
    await building.shift()?.();
    return [...changes.keys()].map((idx) => {
      const role = binName(idx, bitLength);
      const version = versions.get(idx)!;
      const key = metadataKey(role, version);
      return { idx, role, version, key, length: 1, sha256: 'a'.repeat(64), targets: null, keyId: 'bin key' };
    });
  },
};

function publish(plan = refreshPlan([2], 0)): Promise<PublishResult> {
  const publisher = new Publisher({
    log,
    store,
    bins,
    snapshotSigner: neverTwice,
    timestampSigner: neverTwice,
    clock,
    refresh: defaultRefresh,
    checkpoint: noCheckpoint,
    timer: new StepTimer(() => {}),
    backoff: async () => {
      clock.advance(60_000);
      return !draining;
    },
    warn: () => {},
  });
  return publisher.publish(fence, base, plan);
}

const swaps = (): number => store.calls.filter((call) => call === `replaceIf ${timestampKey}`).length;
const storedTimestamp = () => parseTimestamp(store.bytesOf(timestampKey)!).signed;

describe('a publication', () => {
  it('records its plan, makes everything durable, and only then moves the timestamp and closes', async () => {
    store.calls.length = 0;
    const result = await publish();
    expect(log.calls).toEqual(['open', 'prepare', 'close 1']);
    const snapshotKey = metadataKey('snapshot', 2);
    expect(store.calls).toEqual([
      `putNew ${snapshotKey}`,
      `sync ${metadataKey(binName(2, bitLength), 2 * 32_768 + 2)} ${snapshotKey}`,
      `replaceIf ${timestampKey}`,
    ]);
    expect(result).toMatchObject({ kind: 'published', id: 1 });
    const { state } = result as Extract<PublishResult, { kind: 'published' }>;
    const bytes = store.bytesOf(snapshotKey)!;
    expect(state).toMatchObject({ snapshotVersion: 2, timestampVersion: 2, tag: store.tagOf(timestampKey) });
    const expiresMs = nowMs + defaultRefresh.lifetimeMs;
    expect(state).toMatchObject({ snapshotExpiresMs: expiresMs, timestampExpiresMs: expiresMs });
    expect(storedTimestamp().expiresMs).toBe(expiresMs);
    expect(log.prepared.get(1)?.bins).toMatchObject([{ idx: 2, expiresMs }]);
    expect(state.vector.version(2)).toBe(2 * 32_768 + 2);
    expect(base.vector.version(2)).toBe(32_768 + 2);
    expect(parseSnapshot(bytes).signed.meta.get('bin-2.json')?.version).toBe(2 * 32_768 + 2);
    expect(storedTimestamp().snapshotMeta).toMatchObject({ version: 2, length: bytes.length });
    expect(storedTimestamp().snapshotMeta.hashes?.get('sha256')).toBe(hashHex('sha256', bytes));
  });

  it('logs one signature for each thing that it signed, also when bins had to be built twice', async () => {
    building.push(() => Promise.reject(new StorageError('store.unavailable', 'no answer', { key: 'x' })));
    await publish();
    expect(log.prepared.get(1)?.signatures.map(({ role }) => role)).toEqual([
      'bin-2',
      'snapshot',
      'timestamp',
    ]);
  });

  it('signs one timestamp, also when the database must be told of it twice', async () => {
    log.failing.set('prepare', new StorageError('store.unavailable', 'no answer', { key: 'x' }));
    await publish();
    expect(log.calls).toEqual(['open', 'prepare', 'prepare', 'close 1']);
    expect(log.prepared.get(1)?.signatures.map(({ role }) => role)).toEqual([
      'bin-2',
      'snapshot',
      'timestamp',
    ]);
    expect(log.prepared.get(1)?.timestampSha256).toBe(hashHex('sha256', store.bytesOf(timestampKey)!));
  });

  it('signs a new timestamp over the same snapshot when it takes over', async () => {
    store.calls.length = 0;
    const result = await publish(takeoverPlan(0));
    expect(result).toMatchObject({
      kind: 'published',
      state: { snapshotVersion: 1, snapshotSha256: base.snapshotSha256, timestampVersion: 2 },
    });
    expect(store.calls.filter((call) => call.startsWith('putNew'))).toEqual([]);
    expect(storedTimestamp().snapshotMeta.hashes?.get('sha256')).toBe(base.snapshotSha256);
  });

  it('is lost with the swap, and never tries a second one', async () => {
    const other = store.overwrite(
      timestampKey,
      await timestampOver(9, nowMs, { version: 1, bytes: new Uint8Array() }),
    );
    expect(await publish()).toEqual({ kind: 'lost', reason: 'store.precondition-failed' });
    expect(swaps()).toBe(1);
    expect(store.tagOf(timestampKey)).toBe(other);
    expect(log.calls).toEqual(['open', 'prepare']);
  });

  it('finds by reading that an unanswered swap was made', async () => {
    store.fail('replaceIf', 'lost');
    const result = await publish();
    expect(result).toMatchObject({ kind: 'published', state: { tag: store.tagOf(timestampKey) } });
    expect(swaps()).toBe(1);
    expect(log.calls).toContain('close 1');
  });

  it('finds by reading that an unanswered swap was not made, and makes it with the same tag and bytes', async () => {
    store.fail('replaceIf', 'refused');
    const result = await publish();
    expect(result.kind).toBe('published');
    expect(swaps()).toBe(2);
    expect(log.prepared.get(1)?.timestampSha256).toBe(hashHex('sha256', store.bytesOf(timestampKey)!));
  });

  it('reads again when reading after an unanswered swap fails, and does not swap a second time', async () => {
    store.fail('replaceIf', 'lost');
    store.fail('get', 'refused');
    expect(await publish()).toMatchObject({ kind: 'published', state: { tag: store.tagOf(timestampKey) } });
    expect(swaps()).toBe(1);
  });

  it('knows its own timestamp when the first swap was only late', async () => {
    store.fail('replaceIf', 'refused');
    const replaceIf = store.replaceIf.bind(store);
    let attempts = 0;
    store.replaceIf = async (key, bytes, tag) => {
      if (++attempts === 2) store.overwrite(key, bytes);
      return replaceIf(key, bytes, tag);
    };
    expect(await publish()).toMatchObject({ kind: 'published', state: { tag: store.tagOf(timestampKey) } });
    expect(swaps()).toBe(2);
    expect(log.calls).toContain('close 1');
  });

  it.each(['timestamp', 'snapshot'] as const)(
    'writes nothing when the database, set back, gives a %s number that is served',
    async (role) => {
      const open = log.open.bind(log);
      log.open = async (...args) => ({ ...(await open(...args)), [`${role}Version`]: 1 });
      store.calls.length = 0;
      expect(await publish()).toEqual({ kind: 'lost', reason: 'record.older' });
      expect(store.calls).toEqual([]);
      expect(log.calls).toEqual(['open']);
    },
  );

  it('is lost when reading after an unanswered swap shows somebody else’s timestamp', async () => {
    store.fail('replaceIf', 'refused');
    const other = await timestampOver(9, nowMs, { version: 1, bytes: new Uint8Array() });
    const replaced = { ...store, get: store.get.bind(store) };
    store.get = async (key) => {
      if (key === timestampKey) store.overwrite(key, other);
      return replaced.get(key);
    };
    expect(await publish()).toEqual({ kind: 'lost', reason: 'timestamp replaced' });
    expect(swaps()).toBe(1);
    expect(log.calls).not.toContain('close 1');
  });

  it.each(['refused', 'lost'] as const)(
    'writes the very same snapshot when the first answer was %s, though time went on',
    async (kind) => {
      store.fail('putNew', kind);
      expect((await publish()).kind).toBe('published');
      const { expiresMs } = parseSnapshot(store.bytesOf(metadataKey('snapshot', 2))!).signed;
      expect(expiresMs).toBe(nowMs + defaultRefresh.lifetimeMs);
      expect(store.calls.filter((call) => call === `putNew ${metadataKey('snapshot', 2)}`)).toHaveLength(2);
    },
  );

  it('tries closing until the database takes it', async () => {
    log.failing.set('close', new StorageError('store.unavailable', 'no answer', { key: 'x' }));
    expect((await publish()).kind).toBe('published');
    expect(log.calls).toEqual(['open', 'prepare', 'close 1', 'close 1']);
    expect(swaps()).toBe(1);
  });

  it('is given up before the swap when a bin cannot be built', async () => {
    const cause = new RepositoryError('bin.too-large', 'full', { role: 'bin-2', bytes: 2, maxBytes: 1 });
    building.push(() => Promise.reject(cause));
    expect(await publish()).toEqual({ kind: 'abandoned', reason: 'bin.too-large', cause });
    expect(log.calls).toEqual(['open', 'abandon 1 bin.too-large']);
    expect(swaps()).toBe(0);
  });

  it('is left as it is when the process drains while the store does not answer', async () => {
    draining = true;
    store.fail('replaceIf', 'refused');
    expect(await publish()).toEqual({ kind: 'left' });
    expect(log.calls).toEqual(['open', 'prepare']);
  });
});
