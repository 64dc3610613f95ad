import { FetchError } from '@rind/client-port';
import type { Fetcher } from '@rind/client-port';
import { fromUtf8 } from '@rind/kernel';
import { describe, expect, it } from 'vitest';
import { DAY_MS, PAGE, SIX, clientOf, refusalOf, simulate } from '../test/client.ts';
import { defaultLimits } from './limits.ts';

const SHA256 = /[0-9a-f]{64}/;

describe('a client', () => {
  it.each([
    { encoding: 'succinct', bitLength: 1 },
    { encoding: 'succinct', bitLength: 7 },
    { encoding: 'explicit', bitLength: 1 },
    { encoding: 'explicit', bitLength: 7 },
    { binVersions: 'shared', binNames: 'absent', snapshotLists: 'versions, lengths and hashes' },
    { thresholds: { root: 3, targets: 2, bins: 2, 'bin-n': 2, snapshot: 2, timestamp: 2 } },
  ] as const)('gets targets of a repository made with %j, and learns what is absent', async (options) => {
    const { client, repository } = simulate(options);
    expect(fromUtf8(await client.download(SIX))).toBe('first');
    const page = await client.findTarget(PAGE);
    expect(page).toMatchObject({ path: PAGE, role: repository.binFor(PAGE), length: 2 });
    expect(fromUtf8(await client.fetchTarget(PAGE, page!))).toBe('{}');
    expect(await client.findTarget('packages/six/six-9.9.tar.gz')).toBeNull();
    expect(await refusalOf(() => client.download('packages/six/six-9.9.tar.gz'))).toBe(
      'targets target.not-found §5.7.2',
    );
  });

  it('follows changes, removals and rotations from refresh to refresh', async () => {
    const { client, repository } = simulate();
    await client.refresh();
    repository.addTarget(SIX, 'second');
    repository.rotateRoot(['root', 'timestamp', 'snapshot', 'targets']);
    repository.rotateDelegated('bins');
    repository.rotateDelegated('bin-n');
    expect(await refusalOf(() => client.findTarget(SIX))).toBe('ok');
    await client.refresh();
    expect(fromUtf8(await client.download(SIX))).toBe('second');
    repository.removeTarget(SIX);
    repository.publish();
    await client.refresh();
    expect(await client.findTarget(SIX)).toBeNull();
  });

  it('refreshes by itself once, however many ask at the same time, and loads each role once', async () => {
    const { client, repository } = simulate();
    await Promise.all([
      client.download(SIX),
      client.findTarget(SIX),
      client.refresh(),
      client.findTarget(SIX),
    ]);
    const paths = repository.served.requests.map(({ path }) => path);
    expect(paths).toHaveLength(new Set(paths).size);
    await client.findTarget(SIX);
    expect(repository.served.requests).toHaveLength(paths.length);
  });

  it('answers what is asked during a refresh by what the refresh brings', async () => {
    const { client, repository } = simulate();
    await client.refresh();
    repository.addTarget(SIX, 'second');
    repository.publish();
    const [, bytes] = await Promise.all([client.refresh(), client.download(SIX)]);
    expect(fromUtf8(bytes)).toBe('second');
  });

  it('has what it trusts after a refresh, and nothing before one or after one that failed', async () => {
    const { client, repository, clock } = simulate();
    expect(client.trusted).toBeNull();
    await client.refresh();
    expect(client.trusted?.timestamp.signed.version).toBe(repository.version('timestamp'));
    expect(client.trusted?.snapshot.signed.version).toBe(repository.version('snapshot'));
    expect(client.trusted?.root.signed.version).toBe(1);
    clock.advance(DAY_MS);
    expect(await refusalOf(() => client.refresh())).toBe('timestamp verify.expired §5.4.4');
    expect(client.trusted).toBeNull();
    expect(await refusalOf(() => client.findTarget(SIX))).toBe('timestamp verify.expired §5.4.4');
    repository.publish();
    for (const bin of repository.binNames()) repository.forge(bin, {});
    expect(await refusalOf(() => client.findTarget(SIX))).toBe('ok');
  });

  it('keeps roles for a while only, and gets forgotten ones from the store', async () => {
    const { client, repository } = simulate({ bitLength: 9 });
    const paths = Array.from({ length: 300 }, (_, i) => `packages/p/p-${i}.tar.gz`);
    for (const path of paths) repository.addTarget(path, path);
    repository.publish();
    for (const path of [...paths, ...paths]) expect((await client.findTarget(path))?.path).toBe(path);
    const asked = repository.served.requests.map(({ path }) => path);
    expect(asked).toHaveLength(new Set(asked).size);
  });
});

describe('the address of a target', () => {
  it('has the digest before the last segment', async () => {
    const { client, repository } = simulate();
    const target = (await client.findTarget(SIX))!;
    expect(client.targetUrl(SIX, target)).toBe(`https://repository.test/${repository.targetObject(SIX)}`);
    const flat = client.targetUrl('a', { length: 1, hashes: new Map([['sha256', 'ab']]) });
    expect(flat).toBe('https://repository.test/targets/ab.a');
  });

  it('has none where names carry none', async () => {
    const { client, repository, store } = simulate();
    const target = (await client.findTarget(SIX))!;
    const plain = clientOf(repository, store, { hashPrefix: 'none' });
    await plain.refresh();
    expect(plain.targetUrl(SIX, target)).toBe(`https://repository.test/targets/${SIX}`);
  });

  it.each([
    [{ sha512: 'bb', sha256: 'aa' }, 'aa'],
    [{ sha512: 'bb', md5: 'cc' }, 'bb'],
    [{ md5: 'cc' }, 'cc'],
  ])('prefers SHA-256: %j', async (hashes, digest) => {
    const { client } = simulate();
    await client.refresh();
    const url = client.targetUrl('a/b', { length: 1, hashes: new Map(Object.entries(hashes)) });
    expect(url).toBe(`https://repository.test/targets/a/${digest}.b`);
  });

  it.each([
    ['packages/x/x-1!2+local.1.tar.gz', 'packages/x/D.x-1%212%2Blocal.1.tar.gz'],
    ['a?b/c#d', 'a%3Fb/D.c%23d'],
    ['%2e%2e/a', '%252e%252e/D.a'],
    ['ü/a b', '%C3%BC/D.a%20b'],
    ['https://elsewhere.test', null],
    ['//elsewhere.test/a', null],
    ['https:/a', 'https%3A/D.a'],
  ])('of %s stays below the base', async (path, expected) => {
    const { client } = simulate();
    await client.refresh();
    const target = { length: 1, hashes: new Map([['sha256', 'D']]) };
    const url = await refusalOf(async () =>
      expect(client.targetUrl(path, target)).toBe(`https://repository.test/targets/${expected}`),
    );
    expect(url).toBe(expected === null ? 'targets target.bad-path §4.5' : 'ok');
  });

  it('is known only after a refresh', async () => {
    const { client } = simulate();
    const target = { length: 1, hashes: new Map([['sha256', 'D']]) };
    expect(await refusalOf(async () => client.targetUrl('a', target))).toBe('targets client.out-of-order §5');
  });

  it('takes bases with and without a slash', async () => {
    const { repository, store } = simulate();
    const bare = clientOf(repository, store, {
      metadataUrl: repository.metadataUrl.slice(0, -1),
      targetsUrl: repository.targetsUrl.slice(0, -1),
    });
    expect(fromUtf8(await bare.download(SIX))).toBe('first');
  });
});

describe('a repository without consistent snapshots', () => {
  it('is read under names without versions and digests', async () => {
    const { client, repository } = simulate();
    repository.publishRoot({ change: (signed) => ({ ...signed, consistent_snapshot: false }) });
    const plain = { 'snapshot.json': 'snapshot', 'targets.json': 'targets', 'bins.json': 'bins' };
    const bin = repository.binFor(SIX);
    for (const [file, role] of Object.entries({ ...plain, [`${bin}.json`]: bin })) {
      const { path, bytes } = repository.published(role);
      repository.served.put(`metadata/${file}`, bytes);
      repository.served.remove(path);
    }
    const object = repository.targetObject(SIX);
    repository.served.put(`targets/${SIX}`, repository.served.get(object)!);
    repository.served.remove(object);
    expect(fromUtf8(await client.download(SIX))).toBe('first');
    expect(repository.served.requests.some(({ path }) => SHA256.test(path))).toBe(false);
  });
});

describe('a fetcher', () => {
  it('is asked for no more bytes than a target has', async () => {
    const { client, repository } = simulate();
    await client.download(SIX);
    expect(repository.served.requests.at(-1)).toEqual({ path: repository.targetObject(SIX), maxBytes: 5 });
  });

  it('that fails has its error kept, and is asked again the next time', async () => {
    const { repository, store } = simulate();
    let failures = 1;
    const failure = new FetchError('fetch.failed', 'no route', { url: 'x', status: null });
    const fetcher: Fetcher = {
      fetch: (url, maxBytes) => (failures-- > 0 ? Promise.reject(failure) : repository.fetch(url, maxBytes)),
    };
    const client = clientOf(repository, store, { fetcher });
    await expect(client.download(SIX)).rejects.toMatchObject({
      code: 'fetch.failed',
      details: { url: 'x', status: null, role: 'root', spec: 'TUF 1.0.34 §5.3.3' },
      cause: failure,
    });
    expect(fromUtf8(await client.download(SIX))).toBe('first');
  });
});

describe('limits', () => {
  it('are those of the other clients by default', () => {
    expect(defaultLimits).toEqual({
      maxRootRotations: 256,
      maxDelegations: 32,
      maxRootBytes: 512_000,
      maxTimestampBytes: 16_384,
      maxSnapshotBytes: 2_000_000,
      maxTargetsBytes: 5_000_000,
    });
  });
});
