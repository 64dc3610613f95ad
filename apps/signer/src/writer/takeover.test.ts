import { hashHex } from '@rind/crypto';
import { FakeClock, noCheckpoint } from '@rind/kernel';
import type { Root } from '@rind/metadata';
import { parseTimestamp } from '@rind/metadata';
import { defaultRefresh, metadataKey, timestampKey } from '@rind/repository';
import { QueueError } from '@rind/queue-port';
import { StorageError } from '@rind/storage-port';
import { beforeEach, describe, expect, it } from 'vitest';
import { bitLength, online, publishFirst, testRoot, timestampOver } from '../../test/first-publication.ts';
import { MemoryLog } from '../../test/memory-log.ts';
import { MemoryStore } from '../../test/memory-store.ts';
import { refreshPlan } from '../publishing/plan.ts';
import { Publisher } from '../publishing/publisher.ts';
import { StepTimer } from '../publishing/step-timer.ts';
import type { PublishedState } from '../published/published-state.ts';
import { takeOver } from './takeover.ts';

const nowMs = 1_800_000_000_000;
const expiresMs = nowMs + defaultRefresh.lifetimeMs;
const fence = 7;

let store: MemoryStore;
let log: MemoryLog;
let root: Root;
let publisher: Publisher;
let first: PublishedState;
let draining: boolean;

beforeEach(async () => {
  store = new MemoryStore();
  log = new MemoryLog(nowMs);
  root = await testRoot(nowMs);
  first = await publishFirst(store, expiresMs);
  draining = false;
  publisher = new Publisher({
    log,
    store,
    bins: { build: async () => [] },
    snapshotSigner: online,
    timestampSigner: online,
    clock: new FakeClock(nowMs),
    refresh: defaultRefresh,
    checkpoint: noCheckpoint,
    timer: new StepTimer(() => {}),
    backoff: async () => !draining,
    warn: () => {},
  });
});

const take = () => takeOver({ log, store, root, bitLength, publisher, checkpoint: noCheckpoint }, fence);
const stored = () => parseTimestamp(store.bytesOf(timestampKey)!).signed;
const snapshot = (version: number) => ({ version, bytes: store.bytesOf(metadataKey('snapshot', version))! });

/** What a predecessor did of its next publication before it died. */
async function predecessor(until: 'opened' | 'prepared' | 'swapped'): Promise<void> {
  const { id, timestampVersion } = await log.open(1, refreshPlan([], 0).record);
  if (until === 'opened') return;
  const timestamp = await timestampOver(timestampVersion, expiresMs, snapshot(1));
  await log.prepare(1, id, { bins: [], signatures: [], timestampSha256: hashHex('sha256', timestamp) });
  if (until === 'swapped') store.overwrite(timestampKey, timestamp);
}

describe('a new holder of the lease', () => {
  it('moves the timestamp before it gives anything up', async () => {
    await predecessor('opened');
    const swapped: number[] = [];
    const abandon = log.abandon.bind(log);
    log.abandon = async (...args) => {
      swapped.push(stored().version);
      await abandon(...args);
    };
    const state = await take();
    expect(state).toMatchObject({ timestampVersion: 3, snapshotVersion: 1, tag: store.tagOf(timestampKey) });
    expect(swapped).toEqual([3]);
    expect(log.records).toEqual([]);
  });

  it('gives up what was prepared and never seen', async () => {
    await predecessor('prepared');
    await take();
    expect(log.calls).toContain('abandon 1 taken over');
    expect(log.calls).not.toContain('close 1');
  });

  it('goes above what may have been seen when the store was set back to before it', async () => {
    const old = store.bytesOf(timestampKey)!;
    const close = log.close.bind(log);
    log.close = () => Promise.reject(new Error('killed'));
    await publisher.publish(fence, first, refreshPlan([1, 2], 0));
    log.close = close;
    const seen = stored();
    store.overwrite(timestampKey, old);
    const state = await take();
    expect(stored().version).toBeGreaterThan(seen.version);
    expect(stored().snapshotMeta.version).toBeGreaterThan(seen.snapshotMeta.version);
    for (const idx of [1, 2]) expect(state?.vector.version(idx)).toBe(3 * 32_768 + idx);
    expect(state?.vector.version(0)).toBe(first.vector.version(0));
    expect(log.calls).toContain('abandon 1 taken over');
    expect(log.records).toEqual([]);
  });

  it('closes what was seen', async () => {
    await predecessor('swapped');
    const state = await take();
    expect(log.calls).toContain('close 1');
    expect(log.calls.filter((call) => call.startsWith('abandon'))).toEqual([]);
    expect(state?.timestampVersion).toBe(3);
  });

  it('starts over when a predecessor that woke up was faster', async () => {
    await predecessor('prepared');
    const late = await timestampOver(2, expiresMs, snapshot(1));
    const replaceIf = store.replaceIf.bind(store);
    store.replaceIf = async (...args) => {
      store.replaceIf = replaceIf;
      store.overwrite(timestampKey, late);
      return replaceIf(...args);
    };
    const state = await take();
    expect(log.calls).toContain('close 1');
    expect(log.calls).toContain('abandon 2 taken over');
    expect(state?.timestampVersion).toBe(4);
    expect(stored().version).toBe(4);
  });

  it('publishes the committed state anew when the store was set back', async () => {
    const old = store.bytesOf(timestampKey)!;
    await publisher.publish(fence, first, refreshPlan([1], 0));
    expect(stored()).toMatchObject({ version: 2, snapshotMeta: { version: 2 } });
    store.overwrite(timestampKey, old);
    const state = await take();
    expect(log.audited).toMatchObject([{ event: 'store.older', detail: { stored: 1, committed: 2 } }]);
    expect(stored()).toMatchObject({ version: 3, snapshotMeta: { version: 2 } });
    expect(state?.vector.version(1)).toBe(2 * 32_768 + 1);
  });

  it('refuses a newer timestamp that no record explains', async () => {
    const unexplained = await timestampOver(9, expiresMs, snapshot(1));
    const tag = store.overwrite(timestampKey, unexplained);
    await expect(take()).rejects.toMatchObject({
      code: 'writer.refused',
      details: { storedVersion: 9, committedVersion: 1 },
    });
    expect(store.tagOf(timestampKey)).toBe(tag);
  });

  it('neither refuses nor gives an alarm once somebody else has the lease', async () => {
    const old = store.bytesOf(timestampKey)!;
    await publisher.publish(fence, first, refreshPlan([1], 0));
    log.raiseNextVersion = () => Promise.reject(new QueueError('lease.lost', 'a newer holder', { fence }));
    store.overwrite(timestampKey, old);
    await expect(take()).rejects.toMatchObject({ code: 'lease.lost' });
    store.overwrite(timestampKey, await timestampOver(9, expiresMs, snapshot(1)));
    await expect(take()).rejects.toMatchObject({ code: 'lease.lost' });
    expect(log.audited).toEqual([]);
    expect(log.records).toEqual([]);
  });

  it('finds what is closed while it reads', async () => {
    await predecessor('swapped');
    const unfinished = log.unfinished.bind(log);
    log.unfinished = async () => {
      const found = await unfinished();
      await log.close(1, 1, {
        snapshotExpiresMs: expiresMs,
        timestampExpiresMs: expiresMs,
        durationMs: null,
      });
      return found;
    };
    expect(await take()).toMatchObject({ timestampVersion: 3 });
  });

  it('refuses a timestamp of a stranger', async () => {
    const bytes = store.bytesOf(timestampKey)!.slice();
    const at = new TextDecoder().decode(bytes).indexOf('"sig":"') + 7;
    bytes[at] = bytes[at] === 0x30 ? 0x31 : 0x30;
    store.overwrite(timestampKey, bytes);
    await expect(take()).rejects.toMatchObject({ code: 'store.corrupt', details: { role: 'timestamp' } });
  });

  it('passes on trouble that passes, and can then start over', async () => {
    log.failing.set('open', new StorageError('store.unavailable', 'no answer', { key: 'x' }));
    await expect(take()).rejects.toMatchObject({ code: 'store.unavailable' });
    expect(await take()).toMatchObject({ snapshotVersion: 1, timestampVersion: 2 });
  });

  it('is not the writer after trouble that does not pass', async () => {
    log.failing.set('open', new Error('a defect'));
    await expect(take()).rejects.toMatchObject({ code: 'writer.lost', details: { reason: 'takeover' } });
  });

  it('leaves everything to the next one when it drains', async () => {
    draining = true;
    store.fail('replaceIf', 'refused');
    expect(await take()).toBeNull();
    expect(log.records).toHaveLength(1);
  });
});
