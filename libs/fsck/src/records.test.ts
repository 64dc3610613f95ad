import { utf8 } from '@rind/kernel';
import type { RepositorySimulator } from '@rind/testkit';
import { describe, expect, it } from 'vitest';
import { audit, recorded, recordsOf, repository, six, summary } from '../test/repository.ts';
import type { CommittedRecords } from './index.ts';

async function found(simulator: RepositorySimulator, records: CommittedRecords): Promise<readonly string[]> {
  return summary(await audit(simulator, { records }));
}

/** The honest records without those of some paths. */
function without(records: CommittedRecords, ...paths: readonly string[]): CommittedRecords {
  return {
    ...records,
    targets: async function* () {
      for await (const target of records.targets()) if (!paths.includes(target.path)) yield target;
    },
  };
}

describe('the database', () => {
  it('explains numbers that were burned: neither a gap, nor a snapshot that went back', async () => {
    const simulator = repository();
    const bin = simulator.binFor(six);
    // The second snapshot names a bin that the third takes back, as after an abandoned publication.
    simulator.addTarget('packages/six/six-1.2.tar.gz', 'never published', bin);
    simulator.publish();
    const abandoned = simulator.version('snapshot');
    const burned = simulator.version(bin);
    simulator.rollbackBin(bin);
    const records = recordsOf(simulator);
    const index = simulator.binNames().indexOf(bin);
    const committed = {
      ...records.bins.get(index)!,
      version: simulator.published(bin, burned - 32_768).version,
    };
    const bins = new Map([...records.bins, [index, committed]]);
    const known = { ...records, bins };
    const explained = {
      ...known,
      unpublished: async () => ({
        snapshots: new Set([abandoned]),
        bins: new Map([[index, new Set([burned])]]),
      }),
    };
    expect(await found(simulator, explained)).toEqual([
      `fsck.unpublished-version ${bin} ${burned} metadata/${burned}.${bin}.json`,
    ]);
    expect(await found(simulator, known)).toEqual([
      `fsck.rollback snapshot ${abandoned + 1} -`,
      `fsck.unexplained-version ${bin} ${burned} metadata/${burned}.${bin}.json`,
    ]);
    simulator.served.remove(`metadata/${abandoned}.snapshot.json`);
    simulator.served.remove(`metadata/${burned}.${bin}.json`);
    expect(await found(simulator, explained)).toEqual([]);
    expect(await found(simulator, known)).toEqual([`fsck.version-gap snapshot ${abandoned + 1} -`]);
  });

  it.each([six, 'simple/six/index.json', 'simple/attrs/index.json'])(
    'is missed when it does not know %s',
    async (path) => {
      const simulator = repository();
      const project = path.split('/')[1]!;
      expect(await found(simulator, without(recordsOf(simulator), path))).toEqual([
        `fsck.database-targets - - packages/${project}/`,
      ]);
    },
  );

  it('knows pages by their content', async () => {
    const simulator = repository();
    const page = 'simple/six/index.json';
    const honest = recordsOf(simulator);
    const other = {
      ...honest,
      targets: async function* () {
        yield* without(honest, page).targets();
        yield recorded(page, utf8('another page'));
      },
    };
    expect(await found(simulator, other)).toEqual(['fsck.database-targets - - packages/six/']);
  });

  it.each([
    ['by a publication since, is no disagreement', 0, 'fsck.moved-on'],
    ['by nothing that the index did, is one', -1, 'fsck.database-role'],
  ])('that is behind what is published, %s', async (_what, later, code) => {
    const simulator = repository();
    const published = simulator.version('timestamp');
    const { roles, ...records } = recordsOf(simulator);
    const behind = roles.map((role) =>
      role.name === 'timestamp' ? { ...role, version: published - 1 } : role,
    );
    const latestTimestamp = async () => published + later;
    expect(await found(simulator, { ...records, roles: behind, latestTimestamp })).toEqual([
      `${code} timestamp ${published} -`,
    ]);
  });

  it('that has moved on while its targets were read is not held against them', async () => {
    const simulator = repository();
    const records = { ...without(recordsOf(simulator), six), isCurrent: async () => false };
    expect(await found(simulator, records)).toEqual([
      `fsck.moved-on timestamp ${simulator.version('timestamp')} -`,
    ]);
  });

  it('may differ in more than is told one by one', async () => {
    const simulator = repository();
    const records = without(recordsOf(simulator), six, 'packages/attrs/attrs-1.0.tar.gz');
    const { findings } = await audit(simulator, { records, limits: { maxFindingsPerCode: 1 } });
    expect(findings.map(({ code, detail }) => [code, detail['more']])).toEqual([
      ['fsck.database-targets', undefined],
      ['fsck.database-targets', 1],
    ]);
  });

  it('knows targets as clients find them: what a terminating delegation hides is not there', async () => {
    const simulator = repository();
    simulator.delegate('targets', { name: 'first', terminating: false, paths: ['packages/hidden/*'] });
    simulator.delegate('first', { name: 'last', terminating: true, paths: ['packages/hidden/*'] });
    simulator.delegate('targets', {
      name: 'second',
      terminating: false,
      paths: ['packages/hidden/*', 'open/*'],
    });
    for (const path of ['packages/hidden/a-1.tar.gz', 'open/b']) simulator.addTarget(path, 'text', 'second');
    simulator.publish();
    const records = recordsOf(simulator);
    const day = 24 * 3_600_000;
    const expiresMs = simulator.clock.nowMs() + 365 * day;
    const more = {
      ...records,
      roles: [
        ...records.roles,
        ...['first', 'last', 'second'].map((name) => ({ name, version: 1, expiresMs })),
      ],
      targets: async function* () {
        yield* records.targets();
        yield recorded('open/b', utf8('text'));
        yield recorded('packages/hidden/a-1.tar.gz', utf8('text'));
      },
    };
    const hidden = summary(await audit(simulator, { records: more, targets: 'sample' }));
    expect(hidden).toContain('fsck.database-targets - - packages/hidden/a-1.tar.gz');
    expect(hidden).not.toContain('fsck.database-targets - - open/b');
  });
});
