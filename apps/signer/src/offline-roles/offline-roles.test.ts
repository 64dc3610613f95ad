import { FakeClock, noCheckpoint } from '@rind/kernel';
import { parseRoot, parseTimestamp } from '@rind/metadata';
import { defaultRefresh, lintSuccession, metadataKey, stagedRootKey, timestampKey } from '@rind/repository';
import { parseSnapshot } from '@rind/metadata';
import type { Signer } from '@rind/signing-port';
import { beforeEach, describe, expect, it } from 'vitest';
import { online, publishFirst } from '../../test/first-publication.ts';
import { MemoryLog } from '../../test/memory-log.ts';
import { MemoryStore } from '../../test/memory-store.ts';
import {
  binKey,
  binsDocument,
  holders,
  MemoryRing,
  nowMs,
  publishOffline,
  rootDocument,
  signedBy,
  targetsDocument,
} from '../../test/offline-scene.ts';
import type { RootKeys } from '../../test/offline-scene.ts';
import { testSigner } from '../../test/test-keys.ts';
import type { BinSigning } from '../bins/bin-tasks.ts';
import type { PublishedState } from '../published/published-state.ts';
import { Publisher } from '../publishing/publisher.ts';
import { StepTimer } from '../publishing/step-timer.ts';
import { OfflineRoles } from './offline-roles.ts';
import type { CeremonyStep } from './offline-roles.ts';
import { OnlineSigners } from './online-signers.ts';

const fresh = testSigner('fresh online');
const freshBin = testSigner('fresh bin');
const pollMs = 2_000;
const graceMs = 600_000;
const newKeys = (...keys: readonly Signer[]): RootKeys => ({ snapshot: keys, timestamp: keys });

let store: MemoryStore;
let log: MemoryLog;
let ring: MemoryRing;
let signers: OnlineSigners;
let offline: OfflineRoles;
let state: PublishedState;
let elapsedMs: number;
let signing: BinSigning[];

beforeEach(async () => {
  store = new MemoryStore();
  log = new MemoryLog(nowMs);
  ring = new MemoryRing(online, binKey);
  elapsedMs = 0;
  signing = [];
  const pinnedRoot = await publishOffline(store);
  state = await publishFirst(store, nowMs + defaultRefresh.lifetimeMs);
  for (const role of ['root', 'targets', 'bins']) log.commit(role, 1, nowMs + 1e10);
  signers = new OnlineSigners(ring);
  offline = new OfflineRoles({
    store,
    log,
    pinnedRoot,
    ring,
    signers,
    bins: { signWith: (next) => void signing.push(next) },
    binsNotSignedBy: async () => [0, 3],
    clock: new FakeClock(nowMs),
    elapsedMs: () => elapsedMs,
    settings: { pollMs, graceMs },
  });
  await offline.load();
  await offline.settle(state);
});

const stage = async (keys: RootKeys = {}, by: readonly Signer[] = holders.root): Promise<void> => {
  await store.putNew(stagedRootKey(2), await signedBy(rootDocument(2, keys), by));
};
const lay = async (role: 'targets' | 'bins', document: Parameters<typeof signedBy>[0]): Promise<void> => {
  await store.putNew(metadataKey(role, 2), await signedBy(document, holders[role]));
};

/** What is due at once, however long ago the store was asked. */
function planned(): Promise<CeremonyStep | null> {
  elapsedMs += pollMs;
  return offline.plan(state);
}

async function publish(step: CeremonyStep): Promise<void> {
  const publisher = new Publisher({
    log,
    store,
    bins: { build: async () => [] },
    snapshotSigner: signers.snapshot,
    timestampSigner: signers.timestamp,
    clock: new FakeClock(nowMs),
    refresh: defaultRefresh,
    checkpoint: noCheckpoint,
    timer: new StepTimer(() => {}),
    backoff: async () => true,
    warn: () => {},
  });
  const result = await publisher.publish(1, state, step.plan);
  if (result.kind !== 'published') throw new Error(result.kind);
  state = result.state;
  await step.closed();
}

const timestampKeys = (): string[] =>
  parseTimestamp(store.bytesOf(timestampKey)!).signatures.map(({ keyid }) => keyid);
const events = (): string[] => log.audited.map(({ event, target }) => `${event} ${target}`);
const visible = (): boolean => store.bytesOf(metadataKey('root', 2)) !== undefined;

/** What clients make of what is served when they judge by this root. */
function findingsBy(version: number): string[] {
  const root = parseRoot(
    store.bytesOf(version === 2 && !visible() ? stagedRootKey(2) : metadataKey('root', version))!,
  );
  const snapshot = parseSnapshot(store.bytesOf(metadataKey('snapshot', state.snapshotVersion))!);
  const timestamp = parseTimestamp(store.bytesOf(timestampKey)!);
  return lintSuccession(root, { snapshot, timestamp, targets: offline.current.targets }).map(
    ({ code }) => code,
  );
}

describe('a staged root', () => {
  it('with the same keys is published and adopted in one step', async () => {
    await stage();
    const step = (await planned())!;
    expect(step.plan.record).toMatchObject({ kind: 'ceremony', offline: [{ role: 'root', version: 2 }] });
    await publish(step);
    expect(visible()).toBe(true);
    expect(offline.current.root.version).toBe(2);
    expect(store.bytesOf(stagedRootKey(2))).toBeUndefined();
    expect(events()).toEqual(['ceremony.adopted metadata/2.root.json']);
    expect(await planned()).toBeNull();
  });

  it('without the old keys becomes visible only after what is served is signed by both', async () => {
    ring.add(fresh);
    await stage(newKeys(fresh));
    const first = (await planned())!;
    expect(first.plan.record.kind).toBe('refresh');
    expect(visible()).toBe(false);
    expect(findingsBy(2)).toEqual(['lint.online-orphaned', 'lint.online-orphaned']);
    await publish(first);
    expect([findingsBy(1), findingsBy(2)]).toEqual([[], []]);
    expect(visible()).toBe(false);

    const second = (await planned())!;
    expect(second.plan.record.kind).toBe('ceremony');
    expect(visible()).toBe(true);
    await publish(second);
    expect([findingsBy(1), findingsBy(2)]).toEqual([[], []]);
    expect(events()).toEqual([
      'ceremony.adopted metadata/2.root.json',
      'key.rotated snapshot',
      'key.rotated timestamp',
    ]);
  });

  it('leaves the earlier key signing for the grace, and not a moment longer', async () => {
    ring.add(fresh);
    await stage(newKeys(online, fresh));
    await publish((await planned())!);
    await publish((await planned()) ?? { plan: refresh(), closed: async () => {}, failed: () => {} });
    expect(timestampKeys()).toEqual([fresh.keyId, online.keyId]);
    elapsedMs += graceMs;
    expect(await planned()).toBeNull();
    await publish({ plan: refresh(), closed: async () => {}, failed: () => {} });
    expect(timestampKeys()).toEqual([fresh.keyId]);
  });

  it.each([
    ['whose keys are not here', newKeys(fresh), holders.root, 'key.not-in-role'],
    ['that too few signed', {}, holders.root.slice(1), 'store.corrupt'],
    ['under which targets would be refused', { targets: [fresh] }, holders.root, 'lint.targets-orphaned'],
  ] as const)('%s stays where it is, with one alarm', async (_what, keys, by, reason) => {
    await stage(keys, by);
    for (let i = 0; i < 3; i++) expect(await planned()).toBeNull();
    expect(visible()).toBe(false);
    expect(log.audited).toMatchObject([
      { event: 'ceremony.refused', detail: { role: 'root', reasons: [reason] } },
    ]);
    expect(offline.current.root.version).toBe(1);
  });

  it('is not published when a restart finds it signed for already, before it is adopted', async () => {
    ring.add(fresh);
    await stage(newKeys(fresh));
    await publish((await planned())!);
    await planned();
    expect(visible()).toBe(true);
    // The end of the process; the next one finds root 2 in the store and root 1 in the record.
    await offline.load();
    await offline.settle(state);
    expect(offline.current.root.version).toBe(1);
    await publish((await planned())!);
    expect([findingsBy(1), findingsBy(2)]).toEqual([[], []]);
    expect(offline.current.root.version).toBe(2);
  });
});

describe('a root that is published already', () => {
  it('and lists none of our keys ends all signing, with an alarm', async () => {
    await store.putNew(metadataKey('root', 2), await signedBy(rootDocument(2, newKeys(fresh)), holders.root));
    await expect(planned()).rejects.toMatchObject({ code: 'key.not-in-role' });
    expect(events()).toEqual(['key.not-in-role metadata/2.root.json']);
  });
});

describe('new targets and bins', () => {
  it('are listed by the snapshot from the publication on that adopts them', async () => {
    await lay('targets', targetsDocument(2));
    await lay('bins', binsDocument(2));
    await publish((await planned())!);
    expect([state.vector.targetsVersion, state.vector.binsVersion]).toEqual([2, 2]);
    const { meta } = parseSnapshot(store.bytesOf(metadataKey('snapshot', state.snapshotVersion))!).signed;
    expect([meta.get('targets.json')?.version, meta.get('bins.json')?.version]).toEqual([2, 2]);
    expect(events()).toEqual([
      'ceremony.adopted metadata/2.targets.json',
      'ceremony.adopted metadata/2.bins.json',
    ]);
    expect(await planned()).toBeNull();
  });

  it('with a key more for bins change who signs, and no bin', async () => {
    ring.add(freshBin);
    await lay('bins', binsDocument(2, [binKey, freshBin]));
    const step = (await planned())!;
    expect(step.plan.record.bins).toEqual([]);
    await publish(step);
    expect(signing.at(-1)?.keyFile).toBe(freshBin.keyId);
  });

  it('with a key less for bins sign those that need it anew, read by the old keys', async () => {
    ring.add(freshBin);
    await lay('bins', binsDocument(2, [freshBin]));
    const step = (await planned())!;
    expect(step.plan.record.bins).toEqual([0, 3]);
    expect(signing.at(-1)).toMatchObject({
      keyFile: freshBin.keyId,
      verificationKeys: [{ keyId: binKey.keyId }],
    });
    await publish(step);
    expect(signing.at(-1)).toMatchObject({ verificationKeys: [{ keyId: freshBin.keyId }] });
    expect(events()).toContain('key.rotated bin-n');
  });

  it('change nothing when the publication fails', async () => {
    ring.add(freshBin);
    await lay('bins', binsDocument(2, [freshBin]));
    (await planned())!.failed();
    expect(signing.at(-1)).toMatchObject({
      keyFile: binKey.keyId,
      verificationKeys: [{ keyId: binKey.keyId }],
    });
    expect(offline.current.binsDocument.signed.version).toBe(1);
  });

  it('with keys for bins that are not here stay where they are, with one alarm', async () => {
    await lay('bins', binsDocument(2, [freshBin]));
    for (let i = 0; i < 2; i++) expect(await planned()).toBeNull();
    expect(log.audited).toMatchObject([
      { event: 'ceremony.refused', detail: { reasons: ['key.not-in-role'] } },
    ]);
  });
});

describe('the store', () => {
  it('is asked once in a while', async () => {
    expect(await planned()).toBeNull();
    const asked = store.calls.length;
    await stage();
    elapsedMs += pollMs - 1;
    expect(await offline.plan(state)).toBeNull();
    expect(store.calls).toHaveLength(asked + 1);
    elapsedMs += 1;
    expect(await offline.plan(state)).not.toBeNull();
  });
});

function refresh(): CeremonyStep['plan'] {
  const record = { kind: 'refresh', bins: [], newSnapshot: true, paths: [], projects: [] } as const;
  return {
    record: { ...record, outboxIds: [], grants: [], files: 0 },
    bins: new Map(),
    pages: [],
    takenAtMs: 0,
  };
}
