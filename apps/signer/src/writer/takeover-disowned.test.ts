import { FakeClock, noCheckpoint } from '@rind/kernel';
import { joinMetadata, parseRoot, parseSnapshot, parseTimestamp } from '@rind/metadata';
import type { Root } from '@rind/metadata';
import { defaultRefresh, metadataKey, onlineSnapshot, timestampKey } from '@rind/repository';
import { beforeEach, describe, expect, it } from 'vitest';
import { bitLength, online, publishFirst, testRoot, timestampOver } from '../../test/first-publication.ts';
import { MemoryLog } from '../../test/memory-log.ts';
import { MemoryStore } from '../../test/memory-store.ts';
import { holders, nowMs, rootDocument, signedBy } from '../../test/offline-scene.ts';
import { testSigner } from '../../test/test-keys.ts';
import type { PublishedState } from '../published/published-state.ts';
import { Publisher } from '../publishing/publisher.ts';
import { StepTimer } from '../publishing/step-timer.ts';
import { takeOver } from './takeover.ts';

const far = 2 ** 31;
const expiresMs = nowMs + defaultRefresh.lifetimeMs;
const fresh = testSigner('fresh online');
const fence = 7;

let store: MemoryStore;
let log: MemoryLog;
let root: Root;
let first: PublishedState;

beforeEach(async () => {
  store = new MemoryStore();
  log = new MemoryLog(nowMs);
  root = await testRoot(nowMs);
  first = await publishFirst(store, expiresMs);
});

async function comingRoot(keys: Parameters<typeof rootDocument>[1]): Promise<Root> {
  return parseRoot(await signedBy(rootDocument(2, keys), holders.root)).signed;
}

function take(coming: Root | null): Promise<PublishedState | null> {
  const publisher = new Publisher({
    log,
    store,
    bins: { build: async () => [] },
    snapshotSigner: online,
    timestampSigner: { sign: (message) => online.sign(message), coSigners: [fresh] },
    clock: new FakeClock(nowMs),
    refresh: defaultRefresh,
    checkpoint: noCheckpoint,
    timer: new StepTimer(() => {}),
    backoff: async () => true,
    warn: () => {},
  });
  return takeOver({ log, store, root, coming, bitLength, publisher, checkpoint: noCheckpoint }, fence);
}

/** With a stolen key; the snapshot that it names is nowhere. */
async function forge(version: number): Promise<void> {
  const bytes = store.bytesOf(metadataKey('snapshot', 1))!;
  store.overwrite(timestampKey, await timestampOver(version, expiresMs, { version: far, bytes }));
}

const served = () => parseTimestamp(store.bytesOf(timestampKey)!);

describe('a timestamp far ahead that no record explains', () => {
  it('is replaced by the committed state when a coming root takes its key away', async () => {
    await forge(far);
    const state = await take(await comingRoot({ snapshot: [fresh], timestamp: [fresh] }));
    expect(state).toMatchObject({ timestampVersion: 2, snapshotVersion: 1 });
    expect(served().signed).toMatchObject({ version: 2, snapshotMeta: { version: 1 } });
    expect(served().signatures.map(({ keyid }) => keyid)).toEqual([online.keyId, fresh.keyId]);
    expect(log.audited).toMatchObject([
      { event: 'store.disowned', detail: { stored: far, committed: 1, fence } },
    ]);
  });

  it.each([
    ['no root is coming', null],
    ['the coming root keeps its key', { timestamp: [online, fresh] }],
  ] as const)('is refused when %s', async (_what, keys) => {
    await store.putNew(metadataKey('snapshot', far), await snapshotFile(far));
    const bytes = store.bytesOf(metadataKey('snapshot', far))!;
    store.overwrite(timestampKey, await timestampOver(far, expiresMs, { version: far, bytes }));
    await expect(take(keys === null ? null : await comingRoot(keys))).rejects.toMatchObject({
      code: 'writer.refused',
    });
    expect(served().signed.version).toBe(far);
  });
});

it('our own timestamp is built upon though a coming root takes its key away', async () => {
  const state = await take(await comingRoot({ snapshot: [fresh], timestamp: [fresh] }));
  expect(state?.timestampVersion).toBe(2);
  expect(log.audited).toEqual([]);
});

it('a store that was set back to before a ceremony gets the versions of the ceremony again', async () => {
  const vector = first.vector.withOffline({ targets: 5, bins: 6 });
  const signed = onlineSnapshot(vector, 2, '2027-02-01T00:00:00Z');
  await store.putNew(metadataKey('snapshot', 2), joinMetadata(signed, [await online.sign(signed)]));
  log.commit('snapshot', 2, expiresMs);
  log.commit('timestamp', 2, expiresMs);
  const state = await take(null);
  expect([state?.vector.targetsVersion, state?.vector.binsVersion]).toEqual([5, 6]);
  const { snapshotMeta } = served().signed;
  const { meta } = parseSnapshot(store.bytesOf(metadataKey('snapshot', snapshotMeta.version))!).signed;
  expect(meta.get('targets.json')?.version).toBe(5);
});

async function snapshotFile(version: number): Promise<Uint8Array> {
  const signed = onlineSnapshot(first.vector, version, '2027-02-01T00:00:00Z');
  return joinMetadata(signed, [await online.sign(signed)]);
}
