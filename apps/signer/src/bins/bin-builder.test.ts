import { ed25519FromSeed, ed25519PublicKey, ed25519Signer, hash, hashHex, keyIdOf } from '@rind/crypto';
import { toHex, toTufDate, utf8 } from '@rind/kernel';
import { joinMetadata, parseTargets, specVersion } from '@rind/metadata';
import { binName, binVersion, emptyBin, metadataKey } from '@rind/repository';
import type { SyncSigner } from '@rind/signers-file';
import { beforeEach, describe, expect, it } from 'vitest';
import { MemoryStore } from '../../test/memory-store.ts';
import { BinBuilder } from './bin-builder.ts';
import type { BinStore } from './bin-store.ts';
import type { BuildJob } from './bin-tasks.ts';

const bitLength = 3;
const count = 2 ** bitLength;
const expires = toTufDate(2_000_000_000_000);
const signer = syncSigner('bins');

function syncSigner(label: string): SyncSigner {
  const { seed, publicKey } = ed25519FromSeed(hash('sha256', utf8(label)));
  const key = ed25519PublicKey(publicKey);
  const keyId = keyIdOf(key);
  const sign = ed25519Signer(seed);
  return { key, keyId, signSync: (message) => ({ keyid: keyId, sig: toHex(sign(message)) }) };
}

/** A refresh of every bin from version 1 to 2. */
const refresh: BuildJob = {
  bins: Array.from({ length: count }, (_, idx) => ({
    idx,
    role: binName(idx, bitLength),
    oldVersion: binVersion(1, idx),
    version: binVersion(2, idx),
    changes: null,
  })),
  expires,
  signing: null,
};
const keyOf = (generation: number, idx: number) =>
  metadataKey(binName(idx, bitLength), binVersion(generation, idx));

let memory: MemoryStore;
beforeEach(async () => {
  memory = new MemoryStore();
  for (const { role, idx } of refresh.bins) {
    const signed = emptyBin({ role, version: binVersion(1, idx), expires }, specVersion);
    await memory.putNew(keyOf(1, idx), joinMetadata(signed, [signer.signSync(signed)]));
  }
});

function builderOn(store: BinStore): BinBuilder {
  return new BinBuilder({ store, signer, keys: new Map([[signer.keyId, signer.key]]), threshold: 1 });
}

/** As a bucket: puts end when the test says so, the last one first. */
function slowStore(lanes: number) {
  const waiting: (() => void)[] = [];
  let most = 0;
  const store: BinStore = {
    lanes,
    get: (key) => memory.get(key),
    stat: (key) => memory.stat(key),
    putNew: async (key, bytes) => {
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
        most = Math.max(most, waiting.length);
      });
      return memory.putNew(key, bytes);
    },
  };
  const finish = async (building: Promise<unknown>): Promise<void> => {
    const done = building.then(
      () => true,
      () => true,
    );
    const turn = () => new Promise<false>((resolve) => setImmediate(() => resolve(false)));
    while (!(await Promise.race([done, turn()]))) waiting.pop()?.();
  };
  return { store, finish, most: () => most };
}

describe('the bin builder', () => {
  it.each([1, 3, 32])(
    'on a store that takes its time has %i puts under way, and keeps the order',
    async (lanes) => {
      const { store, finish, most } = slowStore(lanes);
      const building = builderOn(store).build(refresh);
      await finish(building);
      const built = await building;
      expect(built.map(({ idx, key }) => [idx, key])).toEqual(
        refresh.bins.map(({ idx }) => [idx, keyOf(2, idx)]),
      );
      for (const { idx, length, sha256 } of built) {
        const bytes = memory.bytesOf(keyOf(2, idx))!;
        expect([length, sha256]).toEqual([bytes.length, hashHex('sha256', bytes)]);
        expect(parseTargets(bytes).signed.version).toBe(binVersion(2, idx));
      }
      expect(most()).toBe(Math.min(lanes, count));
    },
  );

  it('has stored a bin when it says so, on a store that is done at once', async () => {
    const stored = new Map<string, Uint8Array>();
    const built = await builderOn({
      lanes: 1,
      get: (key) => memory.get(key),
      stat: (key) => memory.stat(key),
      putNew: (key, bytes) => (stored.set(key, bytes), 'created'),
    }).build(refresh);
    expect(built.map(({ key, sha256 }) => [key, sha256])).toEqual(
      [...stored].map(([key, bytes]) => [key, hashHex('sha256', bytes)]),
    );
    expect(stored.size).toBe(count);
  });

  it('makes a bin of which nothing is left from its changes alone', async () => {
    const changes = [
      { path: 'packages/demo/demo-1.tar.gz', target: { length: 3, sha256: 'a'.repeat(64) } },
      { path: 'simple/demo/index.json', target: { length: 5, sha256: 'b'.repeat(64) } },
    ];
    await memory.delete(keyOf(1, 2));
    const bins = [{ ...refresh.bins[2]!, oldVersion: null, changes }];
    const [built] = await builderOn({ ...direct(), lanes: 1 }).build({ ...refresh, bins });
    const { signed } = parseTargets(memory.bytesOf(keyOf(2, 2))!);
    expect(built!.targets).toBe(2);
    expect([signed.version, [...signed.targets.keys()]]).toEqual([
      binVersion(2, 2),
      changes.map(({ path }) => path),
    ]);
  });

  const published = refresh.bins.map(({ idx, role }) => ({ idx, role, version: binVersion(1, idx) }));
  const direct = () => ({
    lanes: 4,
    get: (key: string) => memory.get(key),
    stat: (key: string) => memory.stat(key),
    putNew: (key: string, bytes: Uint8Array) => memory.putNew(key, bytes),
  });
  const check = (bins = published) => builderOn(direct()).check({ bins, pages: true, signing: null });

  it('finds nothing wrong with what it stored', async () => {
    expect(await check()).toEqual([]);
  });

  it.each<[string, (bytes: Uint8Array) => Uint8Array | null, string]>([
    ['is missing', () => null, 'store.missing'],
    ['is empty', () => new Uint8Array(), 'store.corrupt'],
    ['is no text', (bytes) => bytes.map(() => 0xff), 'store.corrupt'],
    ['is another one', () => memory.bytesOf(keyOf(1, 6))!, 'store.corrupt'],
    [
      'is signed by somebody else',
      (bytes) => joinMetadata(bytes, [syncSigner('x').signSync(bytes)]),
      'store.corrupt',
    ],
  ])('finds a bin that %s, and no other', async (_what, harm, code) => {
    const bytes = harm(memory.bytesOf(keyOf(1, 5))!);
    if (bytes === null) await memory.delete(keyOf(1, 5));
    else memory.overwrite(keyOf(1, 5), bytes);
    expect(await check()).toMatchObject([{ bin: published[5], damage: { code }, pages: [] }]);
  });

  it('finds a bin of which any byte was changed, or that is cut anywhere', async () => {
    const sound = memory.bytesOf(keyOf(1, 5))!;
    for (let at = 0; at < sound.length; at++) {
      memory.overwrite(keyOf(1, 5), sound.with(at, sound[at]! ^ 1));
      expect([at, await check([published[5]!])]).toMatchObject([at, [{ bin: { idx: 5 } }]]);
      memory.overwrite(keyOf(1, 5), sound.subarray(0, at));
      expect([at, await check([published[5]!])]).toMatchObject([at, [{ bin: { idx: 5 } }]]);
    }
  });

  it('finds pages that are missing or have other bytes', async () => {
    const change = (project: string) => ({
      path: `simple/${project}/index.json`,
      target: { length: 1, sha256: hashHex('sha256', utf8(project)) },
    });
    const changes = ['gone', 'here', 'spoiled'].map(change);
    const keyOfPage = (project: string) =>
      `targets/simple/${project}/${change(project).target.sha256}.index.json`;
    memory.overwrite(keyOfPage('here'), utf8('here'));
    memory.overwrite(keyOfPage('spoiled'), utf8('other'));
    await builderOn(direct()).build({ ...refresh, bins: [{ ...refresh.bins[1]!, changes }] });
    const bin = { ...published[1]!, version: binVersion(2, 1) };
    const [found] = await builderOn(direct()).check({ bins: [bin], pages: true, signing: null });
    expect(found).toMatchObject({
      damage: null,
      pages: [
        { project: 'gone', key: keyOfPage('gone'), damage: { code: 'store.missing' } },
        { project: 'spoiled', key: keyOfPage('spoiled'), damage: { code: 'store.corrupt' } },
      ],
    });
    expect(await builderOn(direct()).check({ bins: [bin], pages: false, signing: null })).toEqual([]);
  });

  it('takes an outage for an outage', async () => {
    memory.fail('get', 'refused');
    await expect(check()).rejects.toMatchObject({ code: 'store.unavailable' });
  });

  it('fails when a put fails, however the store says so', async () => {
    const failure = new Error('no room');
    const refusing = (putNew: BinStore['putNew']): BinStore => ({
      lanes: 4,
      get: (key) => memory.get(key),
      stat: (key) => memory.stat(key),
      putNew,
    });
    const rejecting = refusing(() => Promise.reject(failure));
    const throwing = refusing(() => {
      throw failure;
    });
    for (const store of [rejecting, throwing]) {
      await expect(builderOn(store).build(refresh)).rejects.toBe(failure);
    }
  });
});
