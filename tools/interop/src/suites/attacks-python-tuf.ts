import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { utf8 } from '@rind/kernel';
import type { RepositoryAttack } from '../attack-forms.ts';
import { playRepositoryAttack } from '../attack-play.ts';
import { makeRepository, wanted } from '../attack-repository.ts';
import { AttackServer } from '../attack-server.ts';
import { attacksBetween } from '../attacks-between.ts';
import { attacksWithKeys } from '../attacks-with-keys.ts';
import { assertExitCode } from '../outcomes.ts';
import { defineSuite } from '../suite.ts';
import type { Bench, Cell } from '../suite.ts';
import { tufDownload } from '../tuf-download.ts';
import type { TufPlace } from '../tuf-download.ts';

const climbing = 'packages/../../climbed.whl';

/** No refusal: the name becomes harmless. */
const climbs: Cell<Bench> = {
  client: 'python-tuf',
  operation: 'keeps a target whose path climbs out of the folder in the folder',
  async run(bench) {
    const repository = makeRepository();
    repository.addTarget(climbing, 'climbed', repository.binFor(climbing));
    repository.publish();
    // HTTP clients walk the path before they ask.
    const name = String(repository.targetObject(climbing).split('/').at(-1));
    repository.served.put(name, utf8('climbed'));
    const folder = bench.newFolder('climbed-repository');
    writeFileSync(join(folder, 'root.json'), repository.bootstrapRoot);
    const server = await AttackServer.listen(repository);
    const { metadataUrl, targetsUrl } = server;
    try {
      const place = {
        metadataUrl,
        targetsUrl,
        root: join(folder, 'root.json'),
        cache: join(folder, 'cache'),
      };
      const { outcome, answer } = await tufDownload(bench, place, [climbing]);
      assertExitCode(outcome, 0);
      assert.deepEqual(
        answer.files.map(({ path }) => path),
        [climbing],
      );
      const { files } = JSON.parse(outcome.stdout) as { files: { file: string }[] };
      assert.equal(basename(String(files[0]?.file)), encodeURIComponent(climbing));
    } finally {
      await server.close();
    }
  },
};

/** python-tuf on the same repositories: the class of each refusal. */
export const attacksPythonTuf = defineSuite<Bench, Bench>({
  name: 'attacks-python-tuf',
  prepare: (bench) => Promise.resolve(bench),
  cells: [climbs, ...[...attacksBetween, ...attacksWithKeys].flatMap(refusals)],
});

function refusals(attack: RepositoryAttack): readonly Cell<Bench>[] {
  const { pythonTuf } = attack;
  if ('cannot' in pythonTuf) return [];
  const accepts = 'accepts' in pythonTuf;
  return [
    {
      client: 'python-tuf',
      operation: `${accepts ? 'does not notice' : 'refuses'} ${attack.name}`,
      async run(bench) {
        const use = async (place: TufPlace) => (await tufDownload(bench, place, wanted)).outcome;
        await playRepositoryAttack(bench, attack, use, (outcome) => {
          assertExitCode(outcome, accepts ? pythonTuf.exitCode : 3);
          if (accepts) return;
          const { error } = JSON.parse(outcome.stdout) as { error: { type: string } };
          assert.equal(error.type, pythonTuf.refuses, outcome.stdout);
        });
      },
    },
  ];
}
