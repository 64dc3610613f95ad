import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../command.ts';
import type { Outcome } from '../command.ts';
import { documentBlocks } from '../document-block.ts';
import { readDistribution } from '../fixtures.ts';
import { assertRefused, assertSucceeded } from '../outcomes.ts';
import { publishSample } from '../publish.ts';
import { defineSuite } from '../suite.ts';
import type { Context } from '../suite.ts';
import { TamperProxy } from '../tamper-proxy.ts';

const project = 'rind-interop-consuming';

/** The program of docs/consuming.md, as it stands in the document. */
export const consuming = defineSuite({
  name: 'consuming',
  async prepare(context) {
    const files = await publishSample(context, { name: project, version: '1.0' });
    const [program, ...others] = documentBlocks('consuming.md', 'python');
    assert.ok(program !== undefined && others.length === 0, 'the document has one program');
    const path = join(context.newFolder('consume'), 'consume.py');
    writeFileSync(path, program);
    const consume = (index: string, name: string, folder: string): Promise<Outcome> =>
      runCommand(context.python.program('python'), [path, index, context.instance.file.root, name, folder], {
        environment: context.environment,
      });
    return { context, files, consume };
  },
  cells: [
    {
      client: 'python-tuf',
      operation: 'the program of consuming.md downloads all files of a project, verified, twice on one cache',
      async run({ context, files, consume }) {
        const folder = context.newFolder('consumed');
        const first = await consume(indexOf(context), project, folder);
        assertSucceeded(first);
        assert.equal(first.stdout.trim().split('\n').length, 2);
        const again = await consume(indexOf(context), project, folder);
        assertSucceeded(again);
        assert.equal(again.stdout, first.stdout);
        for (const { filename, sha256 } of [files.wheel, files.sdist]) {
          assert.equal(readDistribution(join(folder, 'files', filename)).sha256, sha256, filename);
        }
      },
    },
    {
      client: 'python-tuf',
      operation: 'the program of consuming.md refuses a file of other bytes, and says what is no target',
      async run({ context, files: { wheel, sdist }, consume }) {
        const proxy = new TamperProxy({
          metadata: context.instance.file.metadata,
          targets: context.instance.file.targets,
        });
        await proxy.listen();
        try {
          const lie = `targets/packages/${project}/${wheel.sha256}.${wheel.filename}`;
          proxy.tell(new Map([[lie, wheel.bytes.with(0, (wheel.bytes[0] ?? 0) ^ 1)]]));
          const folder = context.newFolder('consumed-lie');
          assertRefused(
            await consume(proxy.url.slice(0, -1), project, folder),
            /refused: LengthOrHashMismatchError/,
          );
          assert.ok(proxy.heard.has(lie));
          assert.ok(!existsSync(join(folder, 'files', wheel.filename)), sdist.filename);
          proxy.tell(new Map());
          assertSucceeded(await consume(proxy.url.slice(0, -1), project, folder));
        } finally {
          await proxy.close();
        }
        const nobody = await consume(
          indexOf(context),
          'rind-interop-nobody',
          context.newFolder('consumed-none'),
        );
        assertRefused(nobody, /rind-interop-nobody\/index\.json is not in this index/);
      },
    },
  ],
});

function indexOf({ instance }: Context): string {
  return instance.file.url.replace(/\/$/, '');
}
