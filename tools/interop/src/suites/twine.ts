import assert from 'node:assert/strict';
import { assertRefused, assertSucceeded } from '../outcomes.ts';
import { buildSample } from '../sample-project.ts';
import { defineSuite } from '../suite.ts';
import { twineUpload } from '../uploaders.ts';

const project = 'rind-interop-twine';

/** Authors with twine: every kind of file, again, and another file under a name that is taken. */
export const twine = defineSuite({
  name: 'twine',
  async prepare(context) {
    const token = await context.instance.createToken('twine-author', ['six', 'markupsafe', project]);
    const sample = await buildSample(context, { name: project, version: '1.0', greeting: 'first' });
    const other = await buildSample(context, { name: project, version: '1.0', greeting: 'second' });
    assert.equal(other.wheel.filename, sample.wheel.filename);
    assert.notEqual(other.wheel.sha256, sample.wheel.sha256);
    const foreign = await buildSample(context, { name: `${project}-foreign`, version: '1.0', greeting: 'x' });
    const { fixtures, instance } = context;
    return {
      fixtures,
      sample,
      other,
      foreign,
      waitVerifiable: (sha256: string) => instance.waitVerifiable(sha256),
      upload: (paths: readonly string[]) => twineUpload(context, token, paths),
    };
  },
  cells: [
    {
      client: 'twine',
      operation: 'uploads a pure wheel of the registry',
      async run({ upload, fixtures }) {
        assertSucceeded(await upload([fixtures.pureWheel.path]));
      },
    },
    {
      client: 'twine',
      operation: 'uploads an sdist of the registry',
      async run({ upload, fixtures }) {
        assertSucceeded(await upload([fixtures.sdist.path]));
      },
    },
    {
      client: 'twine',
      operation: 'uploads a platform wheel of the registry',
      async run({ upload, fixtures }) {
        assertSucceeded(await upload([fixtures.platformWheel().path]));
      },
    },
    {
      client: 'twine',
      operation: 'uploads a wheel and an sdist of a new project in one go',
      async run({ upload, sample }) {
        assertSucceeded(await upload([sample.wheel.path, sample.sdist.path]));
      },
    },
    {
      client: 'twine',
      operation: 'uploads the very same files again: success',
      async run({ upload, sample, fixtures }) {
        assertSucceeded(await upload([sample.wheel.path, sample.sdist.path, fixtures.pureWheel.path]));
      },
    },
    {
      client: 'twine',
      operation: 'is refused another file under a taken name, and shows why',
      async run({ upload, other }) {
        assertRefused(await upload([other.wheel.path]), /\b400\b[^]*File already exists/);
      },
    },
    {
      client: 'twine',
      operation: 'is refused a project that the token is not for, and shows why',
      async run({ upload, foreign }) {
        const shown = new RegExp(`token isn't allowed to upload to project '${project}-foreign'`);
        assertRefused(await upload([foreign.wheel.path]), shown);
      },
    },
    {
      client: 'http',
      operation: 'receipts say that all of them became verifiable',
      async run({ waitVerifiable, sample, fixtures }) {
        for (const file of [fixtures.pureWheel, fixtures.sdist, sample.wheel, sample.sdist]) {
          await waitVerifiable(file.sha256);
        }
      },
    },
  ],
});
