import { isRindError } from '@rind/kernel';
import type { RoleType } from '@rind/metadata';
import type { RepositorySimulator, SimulatorOptions } from '@rind/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY_MS, SIX, clientOf, refusalOf, simulate } from '../test/client.ts';

type Attack = (repository: RepositorySimulator) => void;

interface Scene {
  readonly options?: Partial<SimulatorOptions>;
  /** Honest changes before the client's first visit. */
  readonly before?: Attack;
  /** Store entries that the refused visit may still bring up to date, since they are good. */
  readonly mayChange?: readonly string[];
}

/** The bin of the file is called `bin`, to be the same in every run. */
function naming(repository: RepositorySimulator) {
  return (text: string): string => text.replaceAll(repository.binFor(SIX), 'bin');
}

/** A client that has seen two honest publications visits after the attack. */
async function attacked(attack: Attack, { options, before, mayChange = [] }: Scene = {}): Promise<string> {
  const { repository, store, client } = simulate(options);
  const fetched = { bytes: '' };
  const visit = async (): Promise<void> => {
    const bytes = await clientOf(repository, store).download(SIX);
    fetched.bytes = new TextDecoder().decode(bytes);
  };
  repository.addTarget(SIX, 'second');
  repository.publish();
  before?.(repository);
  await client.download(SIX);
  const good = store.dump();
  attack(repository);
  const refusal = await refusalOf(visit);
  if (refusal === 'ok') return `ok ${fetched.bytes}`;

  const changeable = new Set(mayChange.map((role) => named(repository, role)));
  const kept = Object.entries(good).filter(([role]) => !changeable.has(role));
  expect(store.dump()).toMatchObject(Object.fromEntries(kept));
  return naming(repository)(refusal);
}

/** In front of a refused snapshot stands a good timestamp, and so on (TUF 1.0.34 §5.4.5, §5.5.7). */
const above: Readonly<Record<string, readonly string[]>> = {
  root: [],
  timestamp: ['root'],
  snapshot: ['root', 'timestamp'],
  targets: ['root', 'timestamp', 'snapshot'],
  bins: ['root', 'timestamp', 'snapshot', 'targets'],
  bin: ['root', 'timestamp', 'snapshot', 'targets', 'bins'],
};
const roles = Object.keys(above);
const named = (repository: RepositorySimulator, role: string): string =>
  role === 'bin' ? repository.binFor(SIX) : role;
const needTwo: Partial<SimulatorOptions> = {
  thresholds: { root: 2, targets: 2, bins: 2, 'bin-n': 2, snapshot: 2, timestamp: 2 },
};
const otherBin = (repository: RepositorySimulator): string =>
  repository.binNames().find((name) => name !== repository.binFor(SIX))!;

describe('an attacker between client and repository is refused, and the cache stays as it was', () => {
  it.each<[string, string, Attack]>([
    ['an old timestamp', 'timestamp verify.version-rollback §5.4.3.1', (r) => r.rollbackTimestamp()],
    [
      'an endless timestamp',
      'timestamp verify.too-large §5.4.1',
      (r) => r.fault(path(r, 'timestamp'), 'endless'),
    ],
    [
      'a timestamp over the limit',
      'timestamp verify.too-large §5.4.1',
      (r) => r.fault(path(r, 'timestamp'), 'oversized'),
    ],
    [
      'a page of an error for timestamp',
      'timestamp verify.malformed §5.4.2',
      (r) => r.fault(path(r, 'timestamp'), 'garbage'),
    ],
    [
      'half a timestamp',
      'timestamp verify.malformed §5.4.2',
      (r) => r.fault(path(r, 'timestamp'), 'truncated'),
    ],
    ['no timestamp', 'timestamp role.missing §5.4.1', (r) => r.fault(path(r, 'timestamp'), 'missing')],
    [
      'a broken signature on timestamp',
      'timestamp verify.threshold §5.4.2',
      (r) => (r.publish(), r.wrongHash('timestamp')),
    ],
    ['the next root unreachable', 'fetch.failed', (r) => r.fault('metadata/2.root.json', 'unreachable')],
    ['an unreachable server', 'fetch.failed', (r) => r.fault(path(r, 'timestamp'), 'unreachable')],
    ['a trickle', 'fetch.slow', (r) => r.fault(path(r, 'timestamp'), 'slow')],
    ['an endless root', 'root verify.too-large §5.3.3', (r) => r.fault('metadata/2.root.json', 'endless')],
    [
      'a root over the limit',
      'root verify.too-large §5.3.3',
      (r) => r.fault('metadata/2.root.json', 'oversized'),
    ],
    [
      'garbage for the next root',
      'root verify.malformed §5.3.4',
      (r) => r.fault('metadata/2.root.json', 'garbage'),
    ],
    [
      'the old root as the next',
      'root verify.version-mismatch §5.3.5',
      (r) => r.served.put('metadata/2.root.json', r.bootstrapRoot),
    ],
  ])('%s: %s', async (_, expected, attack) => {
    expect(await attacked(attack)).toBe(expected);
  });

  it.each<[string, string, Attack]>([
    [
      'an old snapshot as the current one',
      'snapshot verify.hash-mismatch §5.5.2',
      (r) => (r.publish(), r.mixAndMatch()),
    ],
    ['a longer snapshot', 'snapshot verify.length-mismatch §5.5.1', (r) => r.wrongLength('snapshot')],
    [
      'an endless snapshot',
      'snapshot verify.length-mismatch §5.5.1',
      (r) => r.fault(path(r, 'snapshot'), 'endless'),
    ],
    [
      'an oversized snapshot',
      'snapshot verify.length-mismatch §5.5.1',
      (r) => r.fault(path(r, 'snapshot'), 'oversized'),
    ],
    [
      'another snapshot of that length',
      'snapshot verify.hash-mismatch §5.5.2',
      (r) => r.wrongHash('snapshot'),
    ],
    ['no snapshot', 'snapshot role.missing §5.5.1', (r) => r.fault(path(r, 'snapshot'), 'missing')],
    ['an old bin', 'bin verify.version-mismatch §5.6.4', (r) => r.olderBin(r.binFor(SIX))],
    ['another bin', 'bin verify.version-mismatch §5.6.4', (r) => r.swapBins(r.binFor(SIX), otherBin(r))],
    ['an endless bin', 'bin verify.too-large §5.6.1', (r) => r.fault(path(r, 'bin'), 'endless')],
    ['an oversized bin', 'bin verify.too-large §5.6.1', (r) => r.fault(path(r, 'bin'), 'oversized')],
    [
      'a page of an error for a bin',
      'bin verify.malformed §5.6.3',
      (r) => r.fault(path(r, 'bin'), 'garbage'),
    ],
    ['half a bin', 'bin verify.malformed §5.6.3', (r) => r.fault(path(r, 'bin'), 'truncated')],
    ['a bin with a broken signature', 'bin verify.threshold §5.6.3', (r) => r.wrongHash(r.binFor(SIX))],
    ['a bin withheld', 'bin role.missing §5.6.1', (r) => r.fault(path(r, 'bin'), 'missing')],
    ['a longer file', 'bin target.length-mismatch §5.7.3', (r) => r.wrongLength(SIX)],
    ['an endless file', 'bin target.length-mismatch §5.7.3', (r) => r.fault(r.targetObject(SIX), 'endless')],
    [
      'an oversized file',
      'bin target.length-mismatch §5.7.3',
      (r) => r.fault(r.targetObject(SIX), 'oversized'),
    ],
    ['half a file', 'bin target.length-mismatch §5.7.3', (r) => r.fault(r.targetObject(SIX), 'truncated')],
    ['another file of that length', 'bin target.hash-mismatch §5.7.3', (r) => r.wrongHash(SIX)],
    ['a file withheld', 'bin target.missing §5.7.3', (r) => r.fault(r.targetObject(SIX), 'missing')],
  ])('with a new publication, %s: %s', async (_, expected, attack) => {
    const publishThenAttack: Attack = (repository) => {
      repository.addTarget(SIX, 'third');
      repository.publish();
      attack(repository);
    };
    const [role = ''] = expected.split(' ');
    const mayChange = expected.includes('target.') ? [...above['bin']!, 'bin'] : above[role]!;
    expect(await attacked(publishThenAttack, { mayChange })).toBe(expected);
  });

  it('with hashes in snapshot, an old bin and another of that length are refused by their hash', async () => {
    const options = { snapshotLists: 'versions, lengths and hashes' } as const;
    const scene = { options, mayChange: [...above['bin']!] };
    const fresh = (attack: Attack) => (repository: RepositorySimulator) => {
      repository.addTarget(SIX, 'other');
      repository.publish();
      attack(repository);
    };
    expect(
      await attacked(
        fresh((r) => r.wrongHash(r.binFor(SIX))),
        scene,
      ),
    ).toBe('bin verify.hash-mismatch §5.6.2');
    expect(
      await attacked(
        fresh((r) => r.wrongLength(r.binFor(SIX))),
        scene,
      ),
    ).toBe('bin verify.length-mismatch §5.6.1');
  });
});

function path(repository: RepositorySimulator, role: string): string {
  return repository.published(named(repository, role)).path;
}

describe('an attacker who holds every key above the role is refused at the role', () => {
  const steps: Readonly<Record<string, { threshold: string; expired: string }>> = {
    root: { threshold: '§5.3.4', expired: '§5.3.10' },
    timestamp: { threshold: '§5.4.2', expired: '§5.4.4' },
    snapshot: { threshold: '§5.5.3', expired: '§5.5.6' },
    targets: { threshold: '§5.6.3', expired: '§5.6.5' },
    bins: { threshold: '§5.6.3', expired: '§5.6.5' },
    bin: { threshold: '§5.6.3', expired: '§5.6.5' },
  };

  it.each(roles)('%s past its date', async (role) => {
    const mayChange = role === 'root' ? ['root'] : above[role]!;
    expect(await attacked((r) => r.expire(named(r, role)), { mayChange })).toBe(
      `${role} verify.expired ${steps[role]!.expired}`,
    );
  });

  it.each(roles)('%s without signatures, with too few, by strangers', async (role) => {
    const mayChange = above[role]!;
    const refused = `${role} verify.threshold ${steps[role]!.threshold}`;
    expect(await attacked((r) => r.stripSignature(named(r, role)), { mayChange })).toBe(refused);
    expect(await attacked((r) => r.stripSignature(named(r, role), 1), { mayChange, options: needTwo })).toBe(
      refused,
    );
    expect(await attacked((r) => r.stripSignature(named(r, role), 2), { options: needTwo })).toBe(
      'ok second',
    );
    expect(await attacked((r) => r.signWithUnknownKey(named(r, role)), { mayChange })).toBe(refused);
    expect(await attacked((r) => r.forgeSignature(named(r, role)), { mayChange })).toBe(refused);
  });

  it.each(roles)('%s signed by a revoked key', async (role) => {
    const before: Attack = (r) => {
      if (role === 'bin' || role === 'bins') r.rotateDelegated(role === 'bin' ? 'bin-n' : role);
      else r.rotateRoot([role as 'root']);
    };
    expect(
      await attacked((r) => r.signWithRevokedKey(named(r, role)), { before, mayChange: above[role]! }),
    ).toBe(`${role} verify.threshold ${steps[role]!.threshold}`);
  });

  it.each(roles)('%s signed twice by one key where two are needed', async (role) => {
    const twice = (how: 'same-id' | 'two-ids') =>
      attacked((r) => r.doubleSignatureByOneKey(named(r, role), how), {
        options: needTwo,
        // With two ids the delegator is published anew, and so are the roles on the way to it.
        mayChange: [
          ...above[role]!,
          ...(how === 'two-ids' && isOnline(role) ? ['timestamp', 'snapshot'] : []),
        ],
      });
    const { threshold } = steps[role]!;
    expect(await twice('same-id')).toBe(`${role} verify.malformed ${threshold}`);
    expect(await twice('two-ids')).toBe(`${role} verify.threshold ${threshold}`);
  });

  it.each<[string, string, Attack, readonly string[]]>([
    ['an old snapshot', 'timestamp verify.version-rollback §5.4.3.2', (r) => r.rollbackSnapshot(), []],
    [
      'a snapshot naming an old bin',
      'snapshot verify.version-rollback §5.5.5',
      (r) => r.rollbackBin(r.binFor(SIX)),
      ['timestamp'],
    ],
    [
      'a snapshot without a bin',
      'snapshot verify.role-vanished §5.5.5',
      (r) => r.deleteRoleFromSnapshot(r.binFor(SIX)),
      ['timestamp'],
    ],
    [
      'a root signed by the old keys only',
      'root verify.threshold §5.3.4',
      (r) => r.rotateRoot(['root'], 'old'),
      [],
    ],
    [
      'a root signed by the new keys only',
      'root verify.threshold §5.3.4',
      (r) => r.rotateRoot(['root'], 'new'),
      [],
    ],
    ['a root that skips a version', 'root verify.version-mismatch §5.3.5', (r) => r.skipRootVersion(), []],
  ])('%s: %s', async (_, expected, attack, mayChange) => {
    expect(await attacked(attack, { mayChange })).toBe(expected);
  });
});

function isOnline(role: string): boolean {
  return role === 'timestamp' || role === 'snapshot';
}

describe('bins that share a version', () => {
  const level: Attack = (repository) => {
    for (const bin of repository.binNames()) while (repository.version(bin) < 6) repository.forge(bin, {});
  };
  /** The new versions are equal too, and the client has neither. */
  const swap: Attack = (repository) => {
    for (const bin of repository.binNames()) repository.forge(bin, {});
    repository.swapBins(repository.binFor(SIX), otherBin(repository));
  };
  const mayChange = above['bin']!;

  it('are told apart by their signed name', async () => {
    const scene: Scene = { options: { binVersions: 'shared' }, before: level, mayChange };
    expect(await attacked(swap, scene)).toBe('bin verify.wrong-role-name §5.6.4');
  });

  it('cannot be told apart without: which is why no two bins of ours share one', async () => {
    const options = { binVersions: 'shared', binNames: 'absent' } as const;
    expect(await attacked(swap, { options, before: level, mayChange: [...mayChange, 'bin'] })).toBe(
      'targets target.not-found §5.7.2',
    );
    expect(await attacked(swap, { options: { binNames: 'absent' }, mayChange })).toBe(
      'bin verify.version-mismatch §5.6.4',
    );
  });
});

describe('a freeze', () => {
  it('goes unseen until the timestamp expires, and is over when new metadata comes through', async () => {
    const { repository, store, client, clock } = simulate();
    await client.refresh();
    repository.freeze();
    repository.addTarget(SIX, 'second');
    repository.publish();
    const visit = () => clientOf(repository, store).download(SIX);
    expect(await refusalOf(visit)).toBe('ok');
    clock.advance(DAY_MS - 1);
    expect(await refusalOf(visit)).toBe('ok');
    clock.advance(1);
    expect(await refusalOf(visit)).toBe('timestamp verify.expired §5.4.4');
    repository.thaw();
    repository.forge(repository.binFor(SIX), {});
    expect(new TextDecoder().decode(await visit())).toBe('second');
  });
});

function refused(error: unknown): string {
  if (isRindError(error)) return 'refused';
  throw error;
}

describe('after any sequence of attacks', () => {
  const attacks: readonly [string, Attack][] = [
    ['rollbackTimestamp', (r) => r.rollbackTimestamp()],
    ['mixAndMatch', (r) => r.mixAndMatch()],
    ['olderBin', (r) => r.olderBin(r.binFor(SIX))],
    ['swapBins', (r) => r.swapBins(r.binFor(SIX), otherBin(r))],
    ['wrongHash', (r) => r.wrongHash(SIX)],
    ['wrongLength', (r) => r.wrongLength('snapshot')],
    ['garbage', (r) => r.fault(path(r, 'timestamp'), 'garbage')],
    ['endless', (r) => r.fault(path(r, 'snapshot'), 'endless')],
    ['unknown root', (r) => r.fault(`metadata/${r.version('root') + 1}.root.json`, 'garbage')],
    ['missing', (r) => r.fault(path(r, 'bin'), 'missing')],
  ];

  it('the client refuses, or gets no older file than before; and is well at the next honest publication', async () => {
    const step = fc.record({
      attack: fc.constantFrom(...attacks),
      rotation: fc.constantFrom<RoleType[]>([], ['root'], ['timestamp', 'snapshot'], ['targets']),
      encoding: fc.constantFrom('succinct' as const, 'explicit' as const),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 5 }), async (steps) => {
        const { repository, store } = simulate({ encoding: steps[0]!.encoding });
        const visit = async () => new TextDecoder().decode(await clientOf(repository, store).download(SIX));
        let seen = await visit();
        for (const [number, { attack, rotation }] of steps.entries()) {
          repository.addTarget(SIX, `${number}`);
          if (rotation.length > 0) repository.rotateRoot(rotation);
          repository.publish();
          attack[1](repository);
          expect([seen, `${number}`, 'refused']).toContain(await visit().catch(refused));
          repository.served.heal();
          repository.addTarget(SIX, `honest ${number}`);
          repository.publish();
          for (const role of ['timestamp', 'snapshot']) {
            const { path: file, bytes } = repository.published(role);
            repository.served.put(file, bytes);
          }
          seen = await visit();
          expect(seen).toBe(`honest ${number}`);
        }
      }),
      { numRuns: 30 },
    );
  });
});
