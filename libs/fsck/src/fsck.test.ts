import { FakeClock } from '@rind/kernel';
import type { SimulatorOptions } from '@rind/testkit';
import { describe, expect, it } from 'vitest';
import { audit, codes, recordsOf, repository, startMs, summary } from '../test/repository.ts';

describe('an honest repository', () => {
  it.each<Partial<SimulatorOptions>>([
    {},
    { encoding: 'explicit' },
    { bitLength: 6 },
    { thresholds: { root: 3, targets: 2, bins: 2, 'bin-n': 2, snapshot: 2, timestamp: 2 } },
    { binNames: 'absent', snapshotLists: 'versions, lengths and hashes', binVersions: 'shared' },
  ])('made with %j has no findings', async (options) => {
    const simulator = repository(options);
    for (const targets of ['all', 'sample', 'none'] as const) {
      const report = await audit(simulator, { targets });
      expect(summary(report)).toEqual([]);
      expect(report.ok).toBe(true);
    }
  });

  it('says what was checked', async () => {
    const report = await audit(repository({ thresholds: { root: 2 } }));
    expect(report.checked).toMatchObject({
      roots: 1,
      roles: 2 + 2 + 4,
      delegations: 1 + 4,
      bins: 4,
      signatures: 2 + 2 + 2 + 4,
      targets: 5,
      targetsRead: 5,
      pages: 2,
      earlierSnapshots: 1,
      databaseRows: 0,
      sampleSeed: null,
    });
  });

  it('may have a history of rotated keys and roots, whatever root one starts from', async () => {
    const simulator = repository();
    simulator.rotateRoot();
    simulator.rotateRoot(['timestamp', 'snapshot', 'targets']);
    simulator.rotateDelegated('bin-n');
    const fromFirst = await audit(simulator);
    const fromLast = await audit(simulator, { root: simulator.published('root').bytes });
    expect(summary(fromFirst)).toEqual([]);
    expect(summary(fromLast)).toEqual([]);
    expect([fromFirst.checked.roots, fromLast.checked.roots]).toEqual([3, 1]);
  });

  it('agrees with its database', async () => {
    const simulator = repository();
    const records = recordsOf(simulator);
    for (const targets of ['all', 'sample', 'none'] as const) {
      const report = await audit(simulator, { records, targets });
      expect(summary(report)).toEqual([]);
      expect(report.checked.databaseRows).toBe(5 + 4 + 5);
    }
  });

  it('of others says that its bins can be swapped, once', async () => {
    const report = await audit(repository({ binNames: 'absent', binVersions: 'shared' }));
    expect(summary(report)).toEqual(['fsck.bins-alike - - -']);
    expect(report.ok).toBe(true);
  });

  it('is judged by the given clock', async () => {
    const simulator = repository();
    const later = await audit(simulator, { clock: new FakeClock(startMs + 13 * 3_600_000) });
    expect(codes(later)).toEqual(['fsck.expiring']);
    expect(later.ok).toBe(true);
  });
});
