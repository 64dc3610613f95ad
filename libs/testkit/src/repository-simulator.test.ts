import { FakeClock } from '@rind/kernel';
import { parseRoot, parseSnapshot, parseTargets, parseTimestamp } from '@rind/metadata';
import { describe, expect, it } from 'vitest';
import { walk } from '../test/walk.ts';
import type { Memory } from '../test/walk.ts';
import { RepositorySimulator } from './repository-simulator.ts';
import type { SimulatorOptions } from './simulated-repository.ts';

const SIX = 'packages/six/six-1.0.tar.gz';
const PAGE = 'simple/six/index.json';

function simulate(options: Partial<SimulatorOptions> = {}): RepositorySimulator {
  const simulator = new RepositorySimulator({ clock: new FakeClock(1_900_000_000_000), ...options });
  simulator.addTarget(SIX, 'first');
  simulator.addTarget(PAGE, '{}');
  simulator.publish();
  return simulator;
}

describe('an honest repository', () => {
  it.each([
    { encoding: 'succinct', bitLength: 1 },
    { encoding: 'succinct', bitLength: 6 },
    { encoding: 'explicit', bitLength: 1 },
    { encoding: 'explicit', bitLength: 6 },
    { binVersions: 'shared', binNames: 'absent', snapshotLists: 'versions, lengths and hashes' },
    { thresholds: { root: 3, targets: 2, bins: 2, 'bin-n': 2, snapshot: 2, timestamp: 2 } },
  ] satisfies Partial<SimulatorOptions>[])(
    'made with %j verifies, and says what is absent',
    async (options) => {
      const simulator = simulate(options);
      expect(await walk(simulator, SIX)).toBe('ok');
      expect(await walk(simulator, PAGE)).toBe('ok');
      expect(await walk(simulator, 'packages/six/six-9.9.tar.gz')).toBe('absent');
    },
  );

  it('goes on verifying for a client that comes back after changes, rotations and refreshes', async () => {
    const simulator = simulate();
    const memory: Memory = {};
    const steps = [
      () => simulator.publish(),
      () => simulator.addTarget('packages/a/a-1.tar.gz', 'a'),
      () => simulator.publish(),
      () => simulator.rotateRoot(),
      () => simulator.rotateRoot(['root', 'timestamp', 'snapshot', 'targets']),
      () => simulator.rotateDelegated('bins'),
      () => simulator.rotateDelegated('bin-n'),
    ];
    for (const step of steps) {
      step();
      expect(await walk(simulator, SIX, memory)).toBe('ok');
    }
    expect(await walk(simulator, 'packages/a/a-1.tar.gz', memory)).toBe('ok');
    simulator.removeTarget(SIX);
    simulator.publish();
    expect(await walk(simulator, SIX, memory)).toBe('absent');
  });

  it('writes changed bins only, each under a version that no other bin ever has', () => {
    const simulator = simulate({ bitLength: 4 });
    const seen = () => simulator.binNames().map((bin) => simulator.version(bin));
    const before = seen();
    expect(before.map((version) => version % 32_768)).toEqual(before.map((_, index) => index));
    simulator.addTarget(SIX, 'second');
    simulator.publish();
    const after = seen();
    const changed = simulator.binNames().filter((_, index) => after[index] !== before[index]);
    expect(changed).toEqual([simulator.binFor(SIX)]);
    expect(simulator.version(changed[0]!) % 32_768).toBe(Number.parseInt(changed[0]!.slice(4), 16));
  });

  it('names each bin in the bin', () => {
    const simulator = simulate();
    for (const bin of simulator.binNames()) {
      expect(parseTargets(simulator.published(bin).bytes).signed.roleName).toBe(bin);
    }
  });

  it('asks delegated roles before the bins, and stops at a terminating one', async () => {
    const simulator = simulate();
    simulator.delegate('targets', { name: 'claimed', terminating: false, paths: ['packages/six/*'] });
    simulator.publish();
    expect(await walk(simulator, SIX)).toBe('ok');
    simulator.delegate('claimed', { name: 'project-six', terminating: true, paths: ['packages/six/*'] });
    simulator.addTarget('packages/six/six-2.0.tar.gz', 'two', 'project-six');
    simulator.publish();
    expect(await walk(simulator, 'packages/six/six-2.0.tar.gz')).toBe('ok');
    expect(await walk(simulator, SIX)).toBe('ok');
    simulator.delegate('targets', { name: 'last', terminating: true, paths: ['packages/*/*'] });
    simulator.publish();
    expect(await walk(simulator, SIX)).toBe('absent');
  });

  it('counts requests and remembers their limits', async () => {
    const simulator = simulate();
    await simulator.fetch(`${simulator.metadataUrl}timestamp.json`, 16_384);
    expect(simulator.served.requests).toEqual([{ path: 'metadata/timestamp.json', maxBytes: 16_384 }]);
    expect(simulator.served.requestCount('metadata/timestamp.json')).toBe(1);
  });
});

const needTwo = { thresholds: { root: 2, targets: 2, bins: 2, 'bin-n': 2, snapshot: 2, timestamp: 2 } };
const everyRole = ['root', 'timestamp', 'snapshot', 'targets', 'bins', 'bin'];
/** The role to attack: `bin` stands for the one that holds the file. */
const named = (simulator: RepositorySimulator, role: string) =>
  role === 'bin' ? simulator.binFor(SIX) : role;

describe('an attack leaves exactly one check to refuse it', () => {
  async function attacked(
    attack: (simulator: RepositorySimulator) => void,
    options: Partial<SimulatorOptions> = {},
    before: (simulator: RepositorySimulator) => void = () => {},
  ): Promise<string> {
    const simulator = simulate(options);
    simulator.addTarget(SIX, 'second');
    simulator.publish();
    before(simulator);
    const memory: Memory = {};
    expect(await walk(simulator, SIX, memory)).toBe('ok');
    attack(simulator);
    return (await walk(simulator, SIX, memory)).replace(simulator.binFor(SIX), 'bin');
  }

  it.each<[string, string, (simulator: RepositorySimulator) => void]>([
    ['an old timestamp', 'timestamp: rollback', (s) => s.rollbackTimestamp()],
    ['a timestamp naming an old snapshot', 'timestamp: snapshot rollback', (s) => s.rollbackSnapshot()],
    ['an old snapshot as the current one', 'snapshot: hash', (s) => s.mixAndMatch()],
    ['a snapshot naming an old bin', 'snapshot: role rollback', (s) => s.rollbackBin(s.binFor(SIX))],
    ['a snapshot without a bin', 'snapshot: role vanished', (s) => s.deleteRoleFromSnapshot(s.binFor(SIX))],
    ['an old bin as the current one', 'bin: version', (s) => s.olderBin(s.binFor(SIX))],
    ['a longer snapshot', 'snapshot: length', (s) => s.wrongLength('snapshot')],
    ['another snapshot of that length', 'snapshot: hash', (s) => s.wrongHash('snapshot')],
    ['a bin with a broken signature', 'bin: threshold', (s) => s.wrongHash(s.binFor(SIX))],
    ['a longer file', 'target: length', (s) => s.wrongLength(SIX)],
    ['another file of that length', 'target: hash', (s) => s.wrongHash(SIX)],
    ['a root signed by the old keys only', 'root: own threshold', (s) => s.rotateRoot(['root'], 'old')],
    ['a root signed by the new keys only', 'root: threshold', (s) => s.rotateRoot(['root'], 'new')],
    ['a root that skips a version', 'root: version', (s) => s.skipRootVersion()],
    ['a bin withheld', 'bin: missing', (s) => s.fault(s.published(s.binFor(SIX)).path, 'missing')],
    [
      'a page of an error for a bin',
      'bin: metadata.not-json',
      (s) => s.fault(s.published(s.binFor(SIX)).path, 'garbage'),
    ],
    ['half a bin', 'bin: metadata.not-json', (s) => s.fault(s.published(s.binFor(SIX)).path, 'truncated')],
  ])('%s: %s', async (_, expected, attack) => {
    expect(await attacked(attack)).toBe(expected);
  });

  it.each(everyRole)('%s past its date: expired', async (role) => {
    expect(await attacked((s) => s.expire(named(s, role)))).toBe(`${role}: expired`);
  });

  it.each(everyRole)('%s without signatures, with too few, by strangers: threshold', async (role) => {
    expect(await attacked((s) => s.stripSignature(named(s, role)))).toBe(`${role}: threshold`);
    expect(await attacked((s) => s.stripSignature(named(s, role), 1), needTwo)).toBe(`${role}: threshold`);
    expect(await attacked((s) => s.stripSignature(named(s, role), 2), needTwo)).toBe('ok');
    expect(await attacked((s) => s.signWithUnknownKey(named(s, role)))).toBe(`${role}: threshold`);
    expect(await attacked((s) => s.forgeSignature(named(s, role)))).toBe(`${role}: threshold`);
  });

  it.each(everyRole)('%s signed by keys it had before: threshold', async (role) => {
    const rotate = (s: RepositorySimulator) => {
      if (role === 'bin' || role === 'bins') s.rotateDelegated(role === 'bin' ? 'bin-n' : role);
      else s.rotateRoot([role as 'root']);
    };
    expect(await attacked((s) => s.signWithRevokedKey(named(s, role)), {}, rotate)).toBe(
      `${role}: threshold`,
    );
  });

  it.each(everyRole)('%s signed twice by one key where two are needed', async (role) => {
    const twice = (how: 'same-id' | 'two-ids') =>
      attacked((s) => s.doubleSignatureByOneKey(named(s, role), how), needTwo);
    expect(await twice('same-id')).toBe(`${role}: metadata.duplicate-signature`);
    expect(await twice('two-ids')).toBe(role === 'root' ? 'root: own threshold' : `${role}: threshold`);
  });

  it('bins swapped: by version, or where versions are shared by the signed name, or not at all', async () => {
    const swap = (s: RepositorySimulator) =>
      s.swapBins(
        s.binFor(SIX),
        s.binNames().find((bin) => bin !== s.binFor(SIX))!,
      );
    const level = (s: RepositorySimulator) => {
      for (const bin of s.binNames()) while (s.version(bin) < 6) s.forge(bin, {});
    };
    expect(await attacked(swap)).toBe('bin: version');
    expect(await attacked(swap, { binVersions: 'shared' }, level)).toBe('bin: role name');
    expect(await attacked(swap, { binVersions: 'shared', binNames: 'absent' }, level)).toBe('absent');
  });

  it('a freeze: unseen until the timestamp expires, and over when it is thawed', async () => {
    const simulator = simulate();
    const clock = simulator.clock as FakeClock;
    const memory: Memory = {};
    simulator.freeze();
    simulator.addTarget(SIX, 'second');
    simulator.publish();
    expect(await walk(simulator, SIX, memory)).toBe('ok');
    clock.advance(24 * 60 * 60 * 1000);
    simulator.publish();
    expect(await walk(simulator, SIX, memory)).toBe('timestamp: expired');
    simulator.thaw();
    simulator.forge(simulator.binFor(SIX), {});
    expect(await walk(simulator, SIX, memory)).toBe('ok');
  });

  it.each(['timestamp', 'snapshot', 'targets', 'bin'])(
    'a fast-forward of %s, until its keys are rotated',
    async (role) => {
      const simulator = simulate();
      const memory: Memory = {};
      const name = named(simulator, role);
      const honest = simulator.version(name);
      simulator.fastForward(name, 2 ** 31);
      expect(await walk(simulator, SIX, memory)).toBe('ok');
      expect(simulator.version(name)).toBe(2 ** 31);
      const next = honest + (role === 'bin' ? 32_768 : 1);
      simulator.recoverFromFastForward({ [name]: next });
      expect(simulator.version(name)).toBe(next);
      expect(await walk(simulator, SIX, memory)).toBe('ok');
    },
  );
});

describe('a fault', () => {
  const path = 'metadata/timestamp.json';
  const url = 'https://repository.test/metadata/timestamp.json';

  it.each([
    ['unreachable', 'fetch.failed'],
    ['slow', 'fetch.slow'],
    ['endless', 'fetch.too-large'],
  ] as const)('%s is the error %s', async (fault, code) => {
    const simulator = simulate();
    simulator.fault(path, fault);
    await expect(simulator.fetch(url, 100_000)).rejects.toThrow(expect.objectContaining({ code }));
    simulator.served.heal();
    expect(parseTimestamp((await simulator.fetch(url, 100_000))!).signed.version).toBe(
      simulator.version('timestamp'),
    );
  });

  it('oversized hands over one byte more than allowed, though the file is shorter', async () => {
    const simulator = simulate();
    simulator.fault(path, 'oversized');
    const bytes = (await simulator.fetch(url, 16_384))!;
    expect(bytes).toHaveLength(16_385);
    expect(parseTimestamp(bytes).signed.version).toBe(simulator.version('timestamp'));
  });

  it('is not needed to refuse a file over the limit, or a strange address', async () => {
    const simulator = simulate();
    const tooLarge = expect.objectContaining({ code: 'fetch.too-large' });
    await expect(simulator.fetch(url, 10)).rejects.toThrow(tooLarge);
    const failed = expect.objectContaining({ code: 'fetch.failed' });
    await expect(simulator.fetch('https://elsewhere.test/timestamp.json', 10)).rejects.toThrow(failed);
    expect(await simulator.fetch('https://repository.test/metadata/nothing.json', 10)).toBeNull();
  });
});

describe('two simulations with the same steps', () => {
  it('serve the same bytes', () => {
    const [one, other] = [simulate(), simulate()];
    expect(one.served.paths()).toEqual(other.served.paths());
    for (const path of one.served.paths()) expect(one.served.get(path)).toEqual(other.served.get(path));
    expect(parseRoot(one.bootstrapRoot).signed.version).toBe(1);
    expect(parseSnapshot(one.published('snapshot').bytes).signed.meta.size).toBe(6);
  });
});
