import type { TargetPath } from '@rind/kernel';
import { delegationsFor } from '@rind/metadata';
import { testKey } from '@rind/testkit';
import { describe, expect, it } from 'vitest';
import { clientOf, outcomeOf, refusalOf, simulate } from '../test/client.ts';

/** Delegator, name, and what differs from a non-terminating delegation of every path without a slash. */
type Row = readonly [
  string,
  string,
  { terminating?: boolean; paths?: string[]; pathHashPrefixes?: string[] }?,
];

/** A repository with these delegations in this order, of which `lists` says where the file is. */
function graph(rows: readonly Row[], lists: Readonly<Record<string, string>> = {}) {
  const scene = simulate({ bitLength: 1 });
  for (const [parent, name, { terminating = false, paths = ['*'], pathHashPrefixes } = {}] of rows) {
    const what = pathHashPrefixes === undefined ? { paths } : { pathHashPrefixes };
    scene.repository.delegate(parent, { name, terminating, ...what });
  }
  for (const [role, path] of Object.entries(lists)) scene.repository.addTarget(path, `by ${role}`, role);
  scene.repository.publish();
  return scene;
}

/** The roles visited below the top level, bins left out, and where the file was found. */
async function search(scene: ReturnType<typeof graph>, path: string) {
  const { repository, client } = scene;
  const found = await client.findTarget(path);
  const visited = repository.served.requests
    .slice(4)
    .map((request) => request.path.replace(/^metadata\/\d+\.(.*)\.json$/, '$1'))
    .filter((role) => !role.startsWith('bin'));
  return { visited: visited.join(' '), found: found?.role ?? null };
}

describe('the search for a target', () => {
  const T = { terminating: true };
  it.each<[string, readonly Row[], string]>([
    ['one delegation', [['targets', 'a']], 'a'],
    [
      'two in order',
      [
        ['targets', 'a'],
        ['targets', 'b'],
      ],
      'a b',
    ],
    [
      'depth before breadth',
      [
        ['targets', 'a'],
        ['targets', 'b'],
        ['a', 'c'],
        ['a', 'd'],
      ],
      'a c d b',
    ],
    [
      'depth two',
      [
        ['targets', 'a'],
        ['targets', 'b'],
        ['a', 'c'],
        ['c', 'd'],
      ],
      'a c d b',
    ],
    [
      'paths that do not match',
      [
        ['targets', 'a', { paths: ['*.py'] }],
        ['targets', 'b'],
        ['a', 'c'],
      ],
      'b',
    ],
    [
      'paths that do not match, below',
      [
        ['targets', 'a'],
        ['targets', 'b'],
        ['a', 'c', { paths: ['*.py'] }],
      ],
      'a b',
    ],
    [
      'neither paths nor a match',
      [
        ['targets', 'a', { paths: [] }],
        ['targets', 'b'],
      ],
      'b',
    ],
    ['any hash', [['targets', 'a', { pathHashPrefixes: [''] }]], 'a'],
    [
      'a terminating one after others',
      [
        ['targets', 'a'],
        ['targets', 'b', T],
        ['targets', 'c'],
      ],
      'a b',
    ],
    [
      'what is below a terminating one',
      [
        ['targets', 'a', T],
        ['targets', 'b'],
        ['a', 'c'],
      ],
      'a c',
    ],
    [
      'a terminating one below',
      [
        ['targets', 'a'],
        ['targets', 'b'],
        ['a', 'c', T],
        ['a', 'd'],
      ],
      'a c',
    ],
    [
      'below a terminating one below',
      [
        ['targets', 'a'],
        ['targets', 'b'],
        ['a', 'c', T],
        ['c', 'd'],
      ],
      'a c d',
    ],
    [
      'a sibling before a terminating one below',
      [
        ['targets', 'a'],
        ['a', 'b'],
        ['a', 'c', T],
        ['targets', 'd'],
      ],
      'a b c',
    ],
    [
      'a terminating one that does not match',
      [
        ['targets', 'a', { ...T, paths: ['*.py'] }],
        ['targets', 'b'],
      ],
      'b',
    ],
  ])('visits %s', async (_, rows, visited) => {
    expect(await search(graph(rows), 'missing')).toEqual({ visited, found: null });
  });

  it.each<[string, Readonly<Record<string, string>>, string, string]>([
    ['the first that lists it', { a: 'file', b: 'file' }, 'a', 'a'],
    ['a later one', { b: 'file' }, 'a c b', 'b'],
    ['the deeper one, which comes first', { c: 'file', b: 'file' }, 'a c', 'c'],
    ['the top level before all', { targets: 'file', a: 'file' }, '', 'targets'],
  ])('ends at %s', async (_, lists, visited, found) => {
    const rows: Row[] = [
      ['targets', 'a'],
      ['targets', 'b'],
      ['a', 'c'],
    ];
    expect(await search(graph(rows, lists), 'file')).toEqual({ visited, found });
  });

  it('takes no role’s word for a path that is not its own', async () => {
    const rows: Row[] = [
      ['targets', 'a', { paths: ['a/*'] }],
      ['targets', 'b', { paths: ['b/*'] }],
    ];
    const scene = graph(rows, { a: 'b/file' });
    expect(await search(scene, 'b/file')).toEqual({ visited: 'b', found: null });
  });

  it('reads the bin that has the path, whatever the encoding', async () => {
    for (const encoding of ['succinct', 'explicit'] as const) {
      const { repository, client } = simulate({ encoding, bitLength: 4 });
      repository.addTarget('packages/a/a-1.0.tar.gz', 'a');
      repository.publish();
      const found = await client.findTarget('packages/a/a-1.0.tar.gz');
      expect(found?.role).toBe(repository.binFor('packages/a/a-1.0.tar.gz'));
      expect(found?.length).toBe(1);
      const bins = repository.served.requests.filter(({ path }) => /\.bin-/.test(path));
      expect(bins).toHaveLength(1);
    }
  });

  it('visits as many delegations as allowed, and says so when there are more', async () => {
    const rows = Array.from({ length: 5 }, (_, i): Row => ['targets', `r${i}`]);
    rows.push(['targets', 'last', { terminating: true }]);
    const { repository, store } = graph(rows, { last: 'file' });
    const find = (maxDelegations: number, path: string) =>
      refusalOf(() => clientOf(repository, store, { limits: { maxDelegations } }).findTarget(path));
    expect(await find(6, 'file')).toBe('ok');
    expect(await find(6, 'missing')).toBe('ok');
    expect(await find(5, 'file')).toBe('last client.too-many-delegations §5.6.7.1');
    expect(await find(0, 'file')).toBe('r0 client.too-many-delegations §5.6.7.1');
  });

  it('ends with the error of a role that cannot be had', async () => {
    const rows: Row[] = [
      ['targets', 'a'],
      ['targets', 'b'],
    ];
    const { repository, client } = graph(rows, { b: 'file' });
    repository.fault(repository.published('a').path, 'missing');
    expect(await refusalOf(() => client.findTarget('file'))).toBe('a role.missing §5.6.1');
    repository.served.heal();
    expect(await refusalOf(() => client.findTarget('file'))).toBe('ok');
  });

  it('refuses a role that the snapshot does not list, without asking for it', async () => {
    const { repository, store } = graph([['targets', 'a']], { a: 'file' });
    const { version } = repository.published('snapshot');
    repository.deleteRoleFromSnapshot('a');
    expect(repository.version('snapshot')).toBe(version + 1);
    const client = clientOf(repository, store);
    expect(await refusalOf(() => client.findTarget('file'))).toBe('a verify.role-not-listed §5.6.4');
    expect(repository.served.requestCount(repository.published('a').path)).toBe(0);
  });

  it('visits a role once, though delegations go in circles', async () => {
    const { repository, client } = graph([
      ['targets', 'a'],
      ['a', 'b'],
    ]);
    repository.delegate('b', { name: 'c', terminating: false, paths: ['*'] });
    repository.publish();
    // The circle: what b says of c is said of a, too.
    repository.forge('b', {
      change: (signed) => {
        const { keys, roles } = signed['delegations'] as { keys: object; roles: readonly object[] };
        const back = { ...roles[0], name: 'a' };
        return { ...signed, delegations: { keys, roles: [back, ...roles] } } as typeof signed;
      },
    });
    expect(await client.findTarget('missing')).toBeNull();
    expect(repository.served.requestCount(repository.published('a').path)).toBe(1);
    expect(repository.served.requestCount(repository.published('c').path)).toBe(1);
  });
});

describe('a role that two delegators trust with different keys', () => {
  /** `a` trusts `shared` with its own key for `a/*`; `b` with a stranger's for `b/*`. */
  function diamond() {
    const scene = graph(
      [
        ['targets', 'a', { paths: ['a/*'] }],
        ['targets', 'b', { paths: ['b/*'] }],
        ['a', 'shared', { paths: ['a/*'] }],
        ['b', 'other', { paths: ['b/*'] }],
      ],
      { shared: 'a/file' },
    );
    scene.repository.addTarget('b/file', 'by shared', 'shared');
    scene.repository.publish();
    const stranger = testKey('stranger');
    scene.repository.forge('b', {
      change: (signed) => {
        const { roles } = signed['delegations'] as { roles: readonly object[] };
        const shared = { ...roles[0], name: 'shared', keyids: [stranger.id] };
        const keys = { [stranger.id]: stranger.key };
        return { ...signed, delegations: { keys, roles: [shared] } } as unknown as typeof signed;
      },
    });
    return scene;
  }

  it.each([
    ['a/file', 'b/file'],
    ['b/file', 'a/file'],
  ])('is verified for each of them: %s, then %s', async (...paths) => {
    const { client } = diamond();
    for (const path of paths) {
      expect(await refusalOf(() => client.findTarget(path))).toBe(
        path === 'a/file' ? 'ok' : 'shared verify.threshold §5.6.3',
      );
    }
  });
});

describe('a name that could lead elsewhere', () => {
  it.each(['../../etc/passwd', '?', '#', 'a/b', '..', 'röle', 'a b', "!'()*"])(
    '%s is quoted as one segment',
    async (name) => {
      const { repository, client, store } = simulate();
      repository.delegate('targets', { name, terminating: false, paths: ['*'] });
      repository.publish();
      const { version, bytes } = repository.published(name);
      const quoted = Array.from(new TextEncoder().encode(name), (byte) =>
        /[A-Za-z0-9_.~-]/.test(String.fromCharCode(byte))
          ? String.fromCharCode(byte)
          : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`,
      ).join('');
      repository.served.put(`metadata/${version}.${quoted}.json`, bytes);
      expect(await outcomeOf(() => client.findTarget('file'))).toEqual({ code: 'ok' });
      expect(repository.served.requestCount(`metadata/${version}.${quoted}.json`)).toBe(1);
      expect(await store.read(name)).toEqual(bytes);
    },
  );
});

it('the test’s own delegations are read as they are meant', () => {
  const keys = new Map();
  const roles = [{ name: 'a', keyIds: [], threshold: 1, terminating: false, paths: ['a/*'] }];
  const match = (path: string) =>
    [...delegationsFor({ kind: 'roles', keys, roles }, path as TargetPath)].length;
  expect([match('a/b'), match('b/b'), match('a/b/c')]).toEqual([1, 0, 0]);
});
