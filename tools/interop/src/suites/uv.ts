import { assertRefused, assertShown, assertSucceeded } from '../outcomes.ts';
import { buildSample } from '../sample-project.ts';
import { defineSuite } from '../suite.ts';
import { uvPublish } from '../uploaders.ts';

const project = 'rind-interop-uv';

/** Authors with uv. */
export const uv = defineSuite({
  name: 'uv',
  async prepare(context) {
    const token = await context.instance.createToken('uv-author', ['idna', project]);
    const sample = await buildSample(context, { name: project, version: '1.0', greeting: 'first' });
    const other = await buildSample(context, { name: project, version: '1.0', greeting: 'second' });
    const foreign = await buildSample(context, { name: `${project}-foreign`, version: '1.0', greeting: 'x' });
    const { fixtures, instance } = context;
    return {
      fixtures,
      sample,
      other,
      foreign,
      instance,
      publish: (paths: readonly string[], options?: readonly string[]) =>
        uvPublish(context, token, paths, options),
    };
  },
  cells: [
    {
      client: 'uv',
      operation: 'publishes a wheel of the registry',
      async run({ publish, fixtures }) {
        assertSucceeded(await publish([fixtures.smallWheel.path]));
      },
    },
    {
      client: 'uv',
      operation: 'publishes a wheel and an sdist of a new project in one go',
      async run({ publish, sample }) {
        assertSucceeded(await publish([sample.wheel.path, sample.sdist.path]));
      },
    },
    {
      client: 'uv',
      operation: 'publishes the very same files again: success',
      async run({ publish, sample, fixtures }) {
        assertSucceeded(await publish([sample.wheel.path, sample.sdist.path, fixtures.smallWheel.path]));
      },
    },
    {
      client: 'uv',
      operation: 'is refused another file under a taken name, and shows why',
      async run({ publish, other }) {
        assertRefused(await publish([other.wheel.path]), /File already exists/);
      },
    },
    {
      client: 'uv',
      operation: 'is refused a project that the token is not for, and shows why',
      async run({ publish, foreign }) {
        const shown = new RegExp(`token isn't allowed to upload to project '${project}-foreign'`);
        assertRefused(await publish([foreign.wheel.path]), shown);
      },
    },
    {
      client: 'uv',
      operation: '--check-url skips files that the simple page already has',
      async run({ publish, sample, instance }) {
        await instance.waitVerifiable(sample.wheel.sha256);
        await instance.waitVerifiable(sample.sdist.sha256);
        const outcome = await publish([sample.wheel.path], ['--check-url', instance.file.simple]);
        assertSucceeded(outcome);
        assertShown(outcome, /already exists, skipping/);
      },
    },
  ],
});
