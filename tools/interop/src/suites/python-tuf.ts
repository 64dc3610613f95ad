import assert from 'node:assert/strict';
import { sha256Hex } from '../fixtures.ts';
import { assertExitCode, assertSucceeded } from '../outcomes.ts';
import { publishSample } from '../publish.ts';
import { defineSuite } from '../suite.ts';
import { packagePath, pagePath } from '../target-paths.ts';
import { freshPlace, tufDownload } from '../tuf-download.ts';

const project = 'rind-interop-tuf';

/** A TUF client that is not ours, unmodified, from the first root on. */
export const pythonTuf = defineSuite({
  name: 'python-tuf',
  async prepare(context) {
    const { wheel, sdist } = await publishSample(context, { name: project, version: '1.0' });
    return { context, wheel, sdist, place: freshPlace(context) };
  },
  cells: [
    {
      client: 'python-tuf',
      operation: 'starts at root 1 and downloads a wheel, an sdist and the page out of 16,384 bins',
      async run({ context, wheel, sdist, place }) {
        const page = await pageBytes(context.instance.file.simple);
        const expected = [
          { path: packagePath(project, wheel.filename), sha256: wheel.sha256, length: wheel.bytes.length },
          { path: packagePath(project, sdist.filename), sha256: sdist.sha256, length: sdist.bytes.length },
          { path: pagePath(project), sha256: sha256Hex(page), length: page.length },
        ];
        const { outcome, answer } = await tufDownload(
          context,
          place,
          expected.map(({ path }) => path),
        );
        assertSucceeded(outcome);
        assert.deepEqual(
          answer.files.map(({ path, sha256, length }) => ({ path, sha256, length })),
          expected,
        );
        assert.equal(answer.bins, 16_384);
      },
    },
    {
      client: 'python-tuf',
      operation: 'says that a file which nobody uploaded is no target',
      async run({ context, place }) {
        const path = packagePath(project, 'rind_interop_tuf-9.9-py3-none-any.whl');
        const { outcome, answer } = await tufDownload(context, place, [path]);
        assertExitCode(outcome, 4);
        assert.deepEqual(answer.missing, [path]);
      },
    },
    {
      client: 'python-tuf',
      operation: 'sees a later upload with its old cache',
      async run({ context, place }) {
        const before = await tufDownload(context, place, []);
        const { wheel } = await publishSample(context, { name: project, version: '1.1' });
        const after = await tufDownload(context, place, [
          packagePath(project, wheel.filename),
          pagePath(project),
        ]);
        assertSucceeded(after.outcome);
        assert.equal(after.answer.files[0]?.sha256, wheel.sha256);
        assert.equal(after.answer.files[1]?.sha256, sha256Hex(await pageBytes(context.instance.file.simple)));
        assert.ok(after.answer.versions.timestamp > before.answer.versions.timestamp);
        assert.ok(after.answer.versions.snapshot > before.answer.versions.snapshot);
      },
    },
  ],
});

/** The page as installers get it: the same bytes that are signed. */
async function pageBytes(simple: string): Promise<Uint8Array> {
  const answer = await fetch(`${simple}${project}/`, {
    headers: { accept: 'application/vnd.pypi.simple.v1+json' },
  });
  assert.equal(answer.status, 200);
  return new Uint8Array(await answer.arrayBuffer());
}
