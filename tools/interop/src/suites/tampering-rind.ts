import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { attacks } from '../attacks.ts';
import { playAttack, setStage } from '../attack-scene.ts';
import type { Stage } from '../attack-scene.ts';
import { readDistribution } from '../fixtures.ts';
import { assertExitCode } from '../outcomes.ts';
import { errorOf, getFrom } from '../rind-get.ts';
import { defineSuite } from '../suite.ts';
import type { TufPlace } from '../tuf-download.ts';

/** `rind get` behind the same man in the middle: exit code 3 and the code of the very check. */
export const tamperingRind = defineSuite<Stage>({
  name: 'tampering-rind',
  prepare: (context) => setStage(context, 'rind-interop-tamper-cli'),
  finish: ({ proxy }) => proxy.close(),
  cells: attacks.map((attack) => ({
    client: 'rind' as const,
    operation: `get refuses ${attack.name}`,
    async run(stage) {
      const { project, wheel } = stage.scene;
      let out = '';
      const use = (place: TufPlace) => {
        out = stage.context.newFolder('attacked-get');
        return getFrom(place, `${project}==1.1`, wheel.filename, out);
      };
      await playAttack(stage, attack, use, (outcome) => {
        assertExitCode(outcome, 3);
        const error = errorOf(outcome);
        const other = attack.ofAnotherLength;
        const { rind, spec } = other !== undefined && error?.code === other.rind ? other : attack;
        assert.equal(error?.code, rind, outcome.stdout);
        assert.match(String(error.role), attack.role === 'bin' ? /^bin-/ : new RegExp(`^${attack.role}$`));
        assert.equal(error.spec, spec);
        assert.match(String(error.reason), /\S/);
        assert.deepEqual(readdirSync(out), [], 'nothing may be left of what was refused');
      });
      assert.equal(readDistribution(join(out, wheel.filename)).sha256, wheel.sha256);
    },
  })),
});
