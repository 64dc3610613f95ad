import { FakeClock, utf8 } from '@rind/kernel';
import type { JsonObject } from '@rind/kernel';
import { RepositorySimulator } from '@rind/testkit';
import { describe, expect, it } from 'vitest';
import {
  audit,
  codes,
  readerOf,
  repository,
  six,
  startMs,
  summary,
  withoutVersions,
} from '../test/repository.ts';
import { fsck } from './index.ts';

/** Delegations by path, two levels deep, and no bins that anybody would use. */
function delegated(): RepositorySimulator {
  const simulator = new RepositorySimulator({ clock: new FakeClock(startMs), binNames: 'absent' });
  simulator.delegate('targets', { name: 'team/a', terminating: false, paths: ['docs/*', 'docs/*/*'] });
  simulator.delegate('team/a', { name: '2.writers', terminating: true, paths: ['docs/deep/*'] });
  simulator.addTarget('docs/guide', 'a guide', 'team/a');
  simulator.addTarget('docs/deep/guide', 'a deep guide', '2.writers');
  simulator.publish();
  return simulator;
}

describe('repositories of other layouts', () => {
  it('delegate by path, in several levels and under any names', async () => {
    const report = await audit(delegated());
    expect(summary(report)).toEqual([]);
    expect(report.checked).toMatchObject({ roles: 4 + 2 + 4, targets: 2, targetsRead: 2, pages: 0 });
  });

  it('trust a role with no more than the roles above it have', async () => {
    const simulator = delegated();
    simulator.delegate('team/a', { name: 'wide', terminating: false, paths: ['*', '*/*'] });
    simulator.addTarget('docs/covered', 'text', 'wide');
    simulator.addTarget('uncovered', 'text', 'wide');
    const deep = 'a/path/of/five/parts';
    simulator.addTarget(deep, 'text');
    simulator.publish();
    const bin = simulator.binFor(deep);
    expect(summary(await audit(simulator), ['fsck.version-gap'])).toEqual([
      `fsck.bin-range ${bin} ${simulator.version(bin)} ${deep}`,
      'fsck.outside-delegation wide 1 uncovered',
    ]);
  });

  it('may do without consistent snapshots', async () => {
    const simulator = withoutVersions(repository());
    expect(summary(await audit(simulator))).toEqual([]);
    simulator.served.remove(`targets/${six}`);
    expect(summary(await audit(simulator))).toEqual([
      `fsck.target-missing ${simulator.binFor(six)} - ${six}`,
    ]);
  });

  it('may be where nothing can be listed', async () => {
    const simulator = repository();
    simulator.served.put('metadata/99.snapshot.json', utf8('{}'));
    const report = await audit(simulator, { listable: false });
    expect(summary(report)).toEqual([]);
    expect(report.checked.storedVersions).toBe(0);
    simulator.publishRoot();
    simulator.publishRoot();
    simulator.served.remove('metadata/2.root.json');
    expect(codes(await audit(simulator, { listable: false }))).toEqual(['fsck.root-gap']);
  });

  it('may delegate to one role twice: a path needs one of the delegations, a document both thresholds', async () => {
    const simulator = delegated();
    simulator.delegate('targets', { name: 'team/b', terminating: false, paths: ['more/*'] });
    simulator.publish();
    const shared = { keyids: simulator.signers('2.writers').map(({ id }) => id), threshold: 1 };
    const twice = (signed: JsonObject): JsonObject => {
      const delegations = signed['delegations'] as JsonObject;
      const role = { ...shared, name: '2.writers', terminating: false, paths: ['more/*'] };
      const keys = Object.fromEntries(simulator.signers('2.writers').map(({ id, key }) => [id, { ...key }]));
      const roles = [...(delegations['roles'] as JsonObject[]), role];
      return { ...signed, delegations: { keys: { ...(delegations['keys'] as JsonObject), ...keys }, roles } };
    };
    simulator.forge('targets', { change: twice });
    const fine = await audit(simulator);
    expect(summary(fine)).toEqual([]);
    simulator.addTarget('neither/guide', 'text', '2.writers');
    simulator.publish();
    expect(summary(await audit(simulator))).toEqual(['fsck.outside-delegation 2.writers 2 neither/guide']);
    simulator.removeTarget('neither/guide', '2.writers');
    simulator.stripSignature('2.writers');
    const report = await audit(simulator);
    expect(report.findings.map(({ code, detail }) => [code, detail['by']])).toEqual([
      ['fsck.threshold', 'targets'],
      ['fsck.threshold', 'team/a'],
    ]);
  });
});

describe('bounds', () => {
  it('keeps so many findings of a code, and counts the others', async () => {
    const simulator = repository();
    for (const path of simulator.served.paths())
      if (path.startsWith('targets/')) simulator.served.remove(path);
    const report = await audit(simulator, { limits: { maxFindingsPerCode: 2 } });
    expect(report.findings).toHaveLength(3);
    expect(report.findings.at(-1)).toEqual({
      code: 'fsck.target-missing',
      severity: 'error',
      role: null,
      version: null,
      path: null,
      detail: { more: 3 },
    });
  });

  it('reads a sample chosen by its seed, with the pages of its projects', async () => {
    const simulator = repository();
    for (let number = 0; number < 40; number++)
      simulator.addTarget(`other/file-${number}`, `content ${number}`);
    simulator.publish();
    const asked = async (seed: number) => {
      const opened: string[] = [];
      const reader = readerOf(simulator);
      const watched = {
        ...reader,
        openTarget: (path: string) => {
          opened.push(path);
          return reader.openTarget(path);
        },
      };
      const { bootstrapRoot: root, clock } = simulator;
      const limits = { sampleSize: 10 };
      const report = await fsck(watched, { root, clock, targets: 'sample', seed, limits });
      expect(summary(report)).toEqual([]);
      expect(report.checked.sampleSeed).toBe(seed);
      const files = opened.filter((path) => path.startsWith('targets/packages/'));
      const pages = opened.filter((path) => path.startsWith('targets/simple/'));
      const projects = new Set(files.map((path) => path.split('/')[2]!));
      for (const project of projects) expect(pages.some((path) => path.split('/')[2] === project)).toBe(true);
      return opened.filter((path) => !path.startsWith('targets/simple/')).sort();
    };
    const first = await asked(1);
    expect(first.length).toBeGreaterThanOrEqual(8);
    expect(first.length).toBeLessThanOrEqual(10);
    expect(await asked(1)).toEqual(first);
    expect(await asked(2)).not.toEqual(first);
  });

  it('ends at a number of bins that no snapshot can list', async () => {
    const simulator = repository({ bitLength: 1 });
    const change = (signed: JsonObject): JsonObject => {
      const delegations = signed['delegations'] as JsonObject;
      const succinct = { ...(delegations['succinct_roles'] as JsonObject), bit_length: 32 };
      return { ...signed, delegations: { ...delegations, succinct_roles: succinct } };
    };
    simulator.forge('bins', { change });
    const report = await audit(simulator, { targets: 'none' });
    const left = report.findings.find(({ detail }) => 'rolesLeftOut' in detail);
    expect(left?.detail).toEqual({ rolesLeftOut: 2 ** 32 - 65_536 });
    expect(report.findings.length).toBeLessThan(1000);
  });

  it('passes on what the reader throws', async () => {
    const simulator = repository();
    const { bootstrapRoot: root, clock } = simulator;
    const failing = { ...readerOf(simulator), openTarget: () => Promise.reject(new Error('cut')) };
    await expect(fsck(failing, { root, clock, targets: 'all', seed: 1 })).rejects.toThrow('cut');
  });
});
