import { isRindError, utf8 } from '@rind/kernel';
import { parseRoot } from '@rind/metadata';
import type { RoleType } from '@rind/metadata';
import type { RepositorySimulator } from '@rind/testkit';
import { MemoryMetadataStore } from '@rind/testkit';
import { describe, expect, it } from 'vitest';
import { DAY_MS, SIX, clientOf, outcomeOf, refusalOf, simulate } from '../test/client.ts';

const hex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

describe('a refresh', () => {
  it('asks for what is new only, in the order of the workflow', async () => {
    const { repository, store, client } = simulate();
    await client.refresh();
    const asked = () => repository.served.requests.splice(0).map(({ path }) => path.replace('metadata/', ''));
    expect(asked()).toEqual(['2.root.json', 'timestamp.json', '2.snapshot.json', '1.targets.json']);
    await clientOf(repository, store).refresh();
    expect(asked()).toEqual(['2.root.json', 'timestamp.json']);
    repository.publish();
    await clientOf(repository, store).refresh();
    expect(asked()).toEqual(['2.root.json', 'timestamp.json', '3.snapshot.json']);
  });

  it('asks with the limits of each kind of file, or with the listed length where that is less', async () => {
    const { repository, client } = simulate();
    await client.findTarget(SIX);
    const { length } = repository.published('snapshot').bytes;
    const limits = repository.served.requests.map(({ maxBytes }) => maxBytes);
    expect(limits).toEqual([512_000, 16_384, length, 5_000_000, 5_000_000, 5_000_000]);
  });

  it('does not let a listed length raise the limit', async () => {
    const { repository, store } = simulate();
    const client = clientOf(repository, store, { limits: { maxSnapshotBytes: 50 } });
    expect(await refusalOf(() => client.refresh())).toBe('snapshot verify.too-large §5.5.1');
  });

  it('stores every document verbatim', async () => {
    const { repository, store, client } = simulate();
    await client.findTarget(SIX);
    const roles = ['root', 'timestamp', 'snapshot', 'targets', 'bins', repository.binFor(SIX)];
    const published = roles.map((role) => [role, hex(repository.published(role).bytes)]);
    expect(store.dump()).toEqual(Object.fromEntries(published));
  });

  it('keeps the timestamp it has when another of the same version is served', async () => {
    const { repository, store, client } = simulate();
    await client.refresh();
    const before = store.dump();
    const { version } = repository.published('timestamp');
    repository.fastForward('timestamp', version);
    expect(await refusalOf(() => clientOf(repository, store).refresh())).toBe('ok');
    expect(store.dump()).toEqual(before);
  });

  it('judges by the time at which it began', async () => {
    const { repository, store, clock } = simulate();
    const client = clientOf(repository, store);
    await client.refresh();
    clock.advance(2 * DAY_MS);
    expect(await refusalOf(() => client.findTarget(SIX))).toBe('ok');
    expect(await refusalOf(() => client.refresh())).toBe('timestamp verify.expired §5.4.4');
  });

  it('uses expired documents of the store for comparison, and nothing else', async () => {
    const { repository, store, client, clock } = simulate();
    await client.download(SIX);
    const old = repository.version('timestamp');
    clock.advance(2 * DAY_MS);
    repository.addTarget(SIX, 'second');
    for (const bin of repository.binNames()) repository.forge(bin, {});
    expect(await refusalOf(() => clientOf(repository, store).download(SIX))).toBe('ok');
    clock.advance(-2 * DAY_MS);
    repository.rollbackTimestamp(old);
    expect(await refusalOf(() => clientOf(repository, store).refresh())).toBe(
      'timestamp verify.version-rollback §5.4.3.1',
    );
  });

  it.each(['timestamp', 'snapshot', 'targets', 'bins', 'bin'])(
    'gets %s anew when the stored one is damaged',
    async (role) => {
      const { repository, store, client } = simulate();
      await client.download(SIX);
      const name = role === 'bin' ? repository.binFor(SIX) : role;
      const good = store.dump();
      await store.write(name, utf8('{"signed": {}}'));
      expect(await refusalOf(() => clientOf(repository, store).download(SIX))).toBe('ok');
      expect(store.dump()).toEqual(good);
    },
  );
});

describe('a stored snapshot', () => {
  it('is not taken for the one that timestamp names by hash, though it has its version', async () => {
    const { repository, store, client } = simulate();
    await client.refresh();
    const good = store.dump();
    const padded = Uint8Array.of(...(await store.read('snapshot'))!, 0x20);
    await store.write('snapshot', padded);
    await clientOf(repository, store).refresh();
    expect(store.dump()).toEqual(good);
  });
});

describe('a timestamp that names snapshot by version only', () => {
  function scene(version: number) {
    const { repository, client } = simulate();
    const { bytes } = repository.published('snapshot');
    const meta = { 'snapshot.json': { version } };
    repository.publishTimestamp({ change: (signed) => ({ ...signed, meta }) });
    repository.served.put(`metadata/${version}.snapshot.json`, bytes);
    return { repository, client };
  }

  it('is enough', async () => {
    const { client } = scene(2);
    expect(await refusalOf(() => client.download(SIX))).toBe('ok');
  });

  it('does not let another version pass for it, nor one without end', async () => {
    const { client, repository } = scene(3);
    expect(await refusalOf(() => client.refresh())).toBe('snapshot verify.version-mismatch §5.5.4');
    repository.fault('metadata/3.snapshot.json', 'endless');
    expect(await refusalOf(() => client.refresh())).toBe('snapshot verify.too-large §5.5.1');
    expect(repository.served.requests.at(-1)?.maxBytes).toBe(2_000_000);
  });
});

describe('the chain of roots', () => {
  it('is walked to its end, link by link, also over expired ones', async () => {
    const { repository, store, client, clock } = simulate();
    repository.rotateRoot();
    repository.rotateRoot(['root', 'timestamp', 'snapshot', 'targets']);
    repository.rotateRoot(['root', 'targets']);
    clock.advance(400 * DAY_MS);
    repository.rotateRoot();
    repository.rotateDelegated('bins');
    repository.rotateDelegated('bin-n');
    expect(await refusalOf(() => client.download(SIX))).toBe('ok');
    expect(parseRoot((await store.read('root'))!).signed.version).toBe(5);
  });

  it('is stored as far as it was good', async () => {
    const { repository, store, client } = simulate();
    repository.rotateRoot();
    repository.rotateRoot(['root'], 'new');
    expect(await refusalOf(() => client.refresh())).toBe('root verify.threshold §5.3.4');
    expect(parseRoot((await store.read('root'))!).signed.version).toBe(2);
  });

  it('of exactly the allowed length is followed, a longer one in several refreshes', async () => {
    const { repository, store } = simulate();
    for (let i = 0; i < 7; i++) repository.rotateRoot();
    const refresh = () =>
      refusalOf(() => clientOf(repository, store, { limits: { maxRootRotations: 3 } }).refresh());
    expect([await refresh(), await refresh(), await refresh()]).toEqual([
      'root client.too-many-roots §5.3.3',
      'root client.too-many-roots §5.3.3',
      'ok',
    ]);
    const exact = clientOf(repository, new MemoryMetadataStore(), { limits: { maxRootRotations: 7 } });
    expect(await refusalOf(() => exact.refresh())).toBe('ok');
  });
});

describe('the root to begin with', () => {
  const version = async (store: MemoryMetadataStore) => parseRoot((await store.read('root'))!).signed.version;

  it('is the store’s when that is newer', async () => {
    const { repository, store, client } = simulate();
    repository.rotateRoot();
    await client.refresh();
    repository.served.requests.splice(0);
    await clientOf(repository, store).refresh();
    expect(repository.served.requests[0]?.path).toBe('metadata/3.root.json');
  });

  it('is the given one when that is newer, when the store’s is damaged, or when there is none', async () => {
    const { repository, store, client } = simulate();
    await client.refresh();
    repository.rotateRoot();
    const bootstrapRoot = repository.published('root').bytes;
    for (const stored of [null, utf8('damaged'), repository.bootstrapRoot]) {
      if (stored === null) await store.delete('root');
      else await store.write('root', stored);
      repository.served.requests.splice(0);
      await clientOf(repository, store, { bootstrapRoot }).refresh();
      expect(repository.served.requests[0]?.path).toBe('metadata/3.root.json');
      expect(await version(store)).toBe(2);
    }
  });

  it('is the given one when the store holds another of that version', async () => {
    const { store, client } = simulate();
    await client.refresh();
    const { repository } = simulate({ thresholds: { root: 2 } });
    expect(await refusalOf(() => clientOf(repository, store).download(SIX))).toBe('ok');
    expect(await store.read('root')).toEqual(repository.bootstrapRoot);
  });

  it('has to be a root with a threshold of its own signatures, before anything is asked for', async () => {
    const { repository, store } = simulate();
    const unsigned = utf8(
      new TextDecoder().decode(repository.bootstrapRoot).replace(/"sig":"../, '"sig":"00'),
    );
    const refusals = [utf8('{}'), repository.published('timestamp').bytes, unsigned].map((bootstrapRoot) =>
      refusalOf(() => clientOf(repository, store, { bootstrapRoot }).refresh()),
    );
    expect(await Promise.all(refusals)).toEqual([
      'root verify.malformed §5.2',
      'root verify.malformed §5.2',
      'root verify.threshold §5.2',
    ]);
    expect(repository.served.requests).toEqual([]);
  });

  it('may be the store’s alone', async () => {
    const { repository, store } = simulate();
    const refresh = () => refusalOf(() => clientOf(repository, store, { bootstrapRoot: 'stored' }).refresh());
    expect(await refresh()).toBe('root client.no-root §5.2');
    await store.write('root', utf8('{}'));
    expect(await refresh()).toBe('root verify.malformed §5.2');
    await store.write('root', repository.bootstrapRoot);
    expect(await refresh()).toBe('ok');
  });
});

describe('a fast-forward', () => {
  const named = (repository: RepositorySimulator, role: string) =>
    role === 'bin' ? repository.binFor(SIX) : role;

  it.each(['timestamp', 'snapshot', 'targets', 'bin'])(
    'of %s is over when the online keys are rotated',
    async (role) => {
      const { repository, store } = simulate();
      const visit = () => refusalOf(() => clientOf(repository, store).download(SIX));
      const name = named(repository, role);
      const next = repository.version(name) + (role === 'bin' ? 32_768 : 1);
      repository.fastForward(name, 2 ** 31);
      expect(await visit()).toBe('ok');
      repository.recoverFromFastForward({ [name]: next });
      expect(await visit()).toBe('ok');
      expect(repository.version(name)).toBe(next);
    },
  );

  it('is not over without', async () => {
    const { repository, store } = simulate();
    const visit = () => refusalOf(() => clientOf(repository, store).download(SIX));
    repository.fastForward('targets', 2 ** 31);
    expect(await visit()).toBe('ok');
    repository.fastForward('targets', 3);
    expect(await visit()).toBe('snapshot verify.version-rollback §5.5.5');
    repository.rotateRoot(['root']);
    expect(await visit()).toBe('snapshot verify.version-rollback §5.5.5');
  });

  /** What of `timestamp` and `snapshot` is left in the store after the root that rotates. */
  async function leftAfter(change: (repository: RepositorySimulator) => void): Promise<readonly string[]> {
    const { repository, store, client } = simulate();
    await client.refresh();
    change(repository);
    repository.fault('metadata/timestamp.json', 'unreachable');
    expect((await outcomeOf(() => clientOf(repository, store).refresh())).code).toBe('fetch.failed');
    return Object.keys(store.dump()).filter((role) => role === 'timestamp' || role === 'snapshot');
  }

  it.each<[string, readonly RoleType[], readonly string[]]>([
    ['root', ['root'], ['snapshot', 'timestamp']],
    ['targets', ['targets'], ['snapshot', 'timestamp']],
    ['timestamp', ['timestamp'], []],
    ['snapshot', ['snapshot'], []],
    ['all', ['root', 'timestamp', 'snapshot', 'targets'], []],
  ])('of which the memory goes with the keys: %s', async (_, rotated, left) => {
    expect(await leftAfter((repository) => repository.rotateRoot(rotated))).toEqual(left);
  });

  it('of which the memory goes though the root that rotates is followed by others', async () => {
    expect(
      await leftAfter((repository) => {
        repository.rotateRoot(['snapshot']);
        repository.rotateRoot(['root']);
      }),
    ).toEqual([]);
  });

  it('of which the memory goes though the last root has expired, and stays gone', async () => {
    const { repository, store, client } = simulate();
    await client.refresh();
    repository.rotateRoot(['snapshot']);
    repository.expire('root');
    expect(await refusalOf(() => clientOf(repository, store).refresh())).toBe('root verify.expired §5.3.10');
    expect(Object.keys(store.dump())).toEqual(['root', 'targets']);
  });

  it('of which the memory goes when a newer bootstrap root has other keys', async () => {
    const { repository, store, client } = simulate();
    await client.refresh();
    repository.rotateRoot(['timestamp']);
    repository.fault('metadata/timestamp.json', 'unreachable');
    const bootstrapRoot = repository.published('root').bytes;
    await outcomeOf(() => clientOf(repository, store, { bootstrapRoot }).refresh());
    expect(Object.keys(store.dump())).toEqual(['root', 'targets']);
  });
});

describe('a failure of the store', () => {
  it('is the store’s own error, and nothing is trusted', async () => {
    const { repository, client, store } = simulate();
    const full = new Error('no room');
    store.write = () => Promise.reject(full);
    await expect(client.refresh()).rejects.toBe(full);
    expect(isRindError(full)).toBe(false);
    expect(client.trusted).toBeNull();
    expect(repository.served.requests.length).toBe(0);
  });
});
