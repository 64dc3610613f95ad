import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { playRepositoryAttack } from '../attack-play.ts';
import { binOf, project, wheelName } from '../attack-repository.ts';
import { attacksBetween } from '../attacks-between.ts';
import { attacksWithKeys } from '../attacks-with-keys.ts';
import { assertExitCode } from '../outcomes.ts';
import { errorOf, getFrom } from '../rind-get.ts';
import { defineSuite } from '../suite.ts';
import type { Bench } from '../suite.ts';
import type { TufPlace } from '../tuf-download.ts';

/** `rind get` on repositories whose keys the attacker may hold: code, role and step of the very check. */
export const attacksRind = defineSuite<Bench, Bench>({
  name: 'attacks-rind',
  prepare: (bench) => Promise.resolve(bench),
  cells: [...attacksBetween, ...attacksWithKeys].map((attack) => ({
    client: 'rind' as const,
    operation: `get refuses ${attack.name}`,
    async run(bench) {
      let out = '';
      const use = (place: TufPlace) => {
        out = bench.newFolder('attacked-get');
        return getFrom(place, `${project}==1.0`, wheelName, out);
      };
      await playRepositoryAttack(bench, attack, use, (outcome, repository) => {
        const { code, role, spec } = attack.rind;
        const error = errorOf(outcome);
        const expected = { code, role: role === 'bin' ? binOf(repository) : role, spec };
        assert.deepEqual({ code: error?.code, role: error?.role, spec: error?.spec }, expected);
        assertExitCode(outcome, code.startsWith('fetch.') ? 6 : 3);
        assert.match(String(error?.reason), /\S/);
        assert.deepEqual(readdirSync(out), [], 'nothing may be left of what was refused');
      });
      assert.match(readFileSync(join(out, wheelName), 'utf8'), /^the wheel of /);
    },
  })),
});
