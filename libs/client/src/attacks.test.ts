import type { RepositorySimulator } from '@rind/testkit';
import { describe, expect, it } from 'vitest';
import { above, attacked, named, needTwo, otherBin, path } from '../test/attacked.ts';
import type { Attack } from '../test/attacked.ts';
import { SIX } from '../test/client.ts';

const roles = Object.keys(above);
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
    [
      'the next root unreachable',
      'root fetch.failed §5.3.3',
      (r) => r.fault('metadata/2.root.json', 'unreachable'),
    ],
    [
      'an unreachable timestamp',
      'timestamp fetch.failed §5.4.1',
      (r) => r.fault(path(r, 'timestamp'), 'unreachable'),
    ],
    ['a root that trickles', 'root fetch.slow §5.3.3', (r) => r.fault('metadata/2.root.json', 'slow')],
    [
      'a timestamp that trickles',
      'timestamp fetch.slow §5.4.1',
      (r) => r.fault(path(r, 'timestamp'), 'slow'),
    ],
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
    ['a snapshot that trickles', 'snapshot fetch.slow §5.5.1', (r) => r.fault(path(r, 'snapshot'), 'slow')],
    ['no snapshot', 'snapshot role.missing §5.5.1', (r) => r.fault(path(r, 'snapshot'), 'missing')],
    ['an old bin', 'bin verify.version-mismatch §5.6.4', (r) => r.olderBin(r.binFor(SIX))],
    ['another bin', 'bin verify.version-mismatch §5.6.4', (r) => r.swapBins(r.binFor(SIX), otherBin(r))],
    ['an endless bin', 'bin verify.too-large §5.6.1', (r) => r.fault(path(r, 'bin'), 'endless')],
    ['a bin that trickles', 'bin fetch.slow §5.6.1', (r) => r.fault(path(r, 'bin'), 'slow')],
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
    ['a file that trickles', 'bin fetch.slow §5.7.3', (r) => r.fault(r.targetObject(SIX), 'slow')],
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
    const mayChange = expected.endsWith('§5.7.3') ? [...above['bin']!, 'bin'] : above[role]!;
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
