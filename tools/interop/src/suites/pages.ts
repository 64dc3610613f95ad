import assert from 'node:assert/strict';
import { tail } from '../command.ts';
import { assertRefused, assertSucceeded } from '../outcomes.ts';
import { packageInstallers } from '../package-installers.ts';
import type { Installed, PackageInstaller } from '../package-installers.ts';
import { publishSample } from '../publish.ts';
import { RecordingProxy } from '../recording-proxy.ts';
import { moduleOf } from '../sample-project.ts';
import { defineSuite } from '../suite.ts';
import type { Cell, Context } from '../suite.ts';

/** 1.0 is for everybody, 2.0 for a Python that is not there yet. */
const fitting = 'rind-interop-fitting';
/** 1.0, and 2.0 that was yanked. */
const yanked = 'rind-interop-yanked';
/** Needs `fitting`. */
const needing = 'rind-interop-needing';

const json = 'application/vnd.pypi.simple.v1+json';

/** Installers read the pages through a proxy that writes down what they ask. */
export const pages = defineSuite({
  name: 'pages',
  async prepare(context) {
    for (const name of [fitting, yanked]) await publishSample(context, { name, version: '1.0' });
    await publishSample(context, { name: fitting, version: '2.0', requiresPython: '>=99' });
    await publishSample(context, { name: yanked, version: '2.0' });
    await publishSample(context, { name: needing, version: '1.0', dependencies: [fitting] });
    const args = ['operator', 'yank', `${yanked}==2.0`, '--reason', 'too early'];
    assertSucceeded(await context.instance.rind(args));
    return context;
  },
  cells: packageInstallers.flatMap((installer) => cellsOf(installer)),
});

function cellsOf(installer: PackageInstaller): readonly Cell<Context>[] {
  const { client } = installer;
  return [
    {
      client,
      operation:
        'installs by the JSON page and its relative URLs, passing over what is yanked or does not fit',
      run: (context) =>
        through(context, {}, async (proxy) => {
          await assertInstalls(context, installer, proxy);
          assert.ok(
            proxy.got(/^\/simple\/.+\/$/).every(({ contentType }) => contentType === json),
            JSON.stringify(proxy.passed),
          );
        }),
    },
    {
      client,
      operation: 'installs by the HTML page, likewise',
      run: (context) =>
        through(context, { accept: 'text/html' }, async (proxy) => {
          await assertInstalls(context, installer, proxy);
          assert.ok(proxy.got(/^\/simple\/.+\/$/).every(({ contentType }) => contentType === 'text/html'));
        }),
    },
    {
      client,
      operation: 'installs a yanked release that is asked for by its version',
      run: (context) =>
        through(context, {}, async ({ simple }) => {
          const installed = await installer.install(context, simple, [`${yanked}==2.0`]);
          assertSucceeded(installed.outcome);
          await assertGreets(installed, yanked, '2.0');
        }),
    },
    {
      client,
      operation: 'refuses a release for another Python that is asked for by its version',
      run: (context) =>
        through(context, {}, async (proxy) => {
          const { outcome } = await installer.install(context, proxy.simple, [`${fitting}==2.0`]);
          assertRefused(outcome, /python/i);
          assert.deepEqual(proxy.got(fileOf(fitting)), []);
        }),
    },
    ...(client === 'pip (Debian 12)' ? [] : [resolvesByMetadata(installer)]),
  ];
}

/** PEP 658. Debian's pip is too old to look for it. */
function resolvesByMetadata(installer: PackageInstaller): Cell<Context> {
  return {
    client: installer.client,
    operation: 'finds out what a wheel needs from its .metadata, without the wheel',
    run: (context) =>
      through(context, {}, async (proxy) => {
        assertSucceeded(await installer.resolve(context, proxy.simple, needing));
        const asked = JSON.stringify(proxy.passed);
        assert.ok(proxy.got(/rind_interop_needing-1\.0-py3-none-any\.whl\.metadata$/).length > 0, asked);
        assert.ok(proxy.got(new RegExp(`^/simple/${fitting}/$`)).length > 0, asked);
        assert.deepEqual(proxy.got(fileOf(needing)), [], asked);
      }),
  };
}

/** Answers with bytes of a wheel or an sdist of the project. */
function fileOf(project: string): RegExp {
  return new RegExp(`^/packages/${project}/.+\\.(whl|tar\\.gz)$`);
}

async function assertInstalls(
  context: Context,
  installer: PackageInstaller,
  proxy: RecordingProxy,
): Promise<void> {
  const installed = await installer.install(context, proxy.simple, [fitting, yanked]);
  assertSucceeded(installed.outcome);
  for (const project of [fitting, yanked]) {
    await assertGreets(installed, project, '1.0');
    assert.ok(proxy.got(new RegExp(`^/simple/${project}/$`)).length > 0, JSON.stringify(proxy.passed));
    assert.ok(proxy.got(fileOf(project)).length > 0, `not through the proxy: ${project}`);
  }
}

async function assertGreets({ runPython }: Installed, project: string, version: string): Promise<void> {
  const module = moduleOf(project);
  const outcome = await runPython(`import ${module}; print(${module}.greeting())`);
  assert.equal(outcome.stdout.trim(), `${project} ${version}`, tail(outcome));
}

async function through(
  { instance }: Context,
  options: { readonly accept?: string },
  act: (proxy: RecordingProxy) => Promise<void>,
): Promise<void> {
  const proxy = new RecordingProxy({ url: instance.file.url, ...options });
  await proxy.listen();
  try {
    await act(proxy);
  } finally {
    await proxy.close();
  }
}
