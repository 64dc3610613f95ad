import assert from 'node:assert/strict';
import { attacks } from '../attacks.ts';
import { playAttack, setStage } from '../attack-scene.ts';
import type { Stage } from '../attack-scene.ts';
import { assertExitCode } from '../outcomes.ts';
import { defineSuite } from '../suite.ts';
import { packagePath, pagePath } from '../target-paths.ts';
import { tufDownload } from '../tuf-download.ts';
import type { TufPlace } from '../tuf-download.ts';

/** python-tuf behind a man in the middle: it refuses every lie, and goes on as soon as the lies end. */
export const tamperingPythonTuf = defineSuite<Stage>({
  name: 'tampering-python-tuf',
  prepare: (context) => setStage(context, 'rind-interop-tamper-tuf'),
  finish: ({ proxy }) => proxy.close(),
  cells: attacks.map((attack) => ({
    client: 'python-tuf' as const,
    operation: `refuses ${attack.name}`,
    async run(stage) {
      const { project, wheel } = stage.scene;
      const paths = [pagePath(project), packagePath(project, wheel.filename)];
      const use = async (place: TufPlace) => (await tufDownload(stage.context, place, paths)).outcome;
      await playAttack(stage, attack, use, (outcome) => {
        assertExitCode(outcome, 3);
        const { error } = JSON.parse(outcome.stdout) as { error: { type: string } };
        assert.ok(attack.pythonTuf.includes(error.type), outcome.stdout);
      });
    },
  })),
});
