import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readDistribution } from '../fixtures.ts';
import { assertPython, pip, requirementsFile, uvPip } from '../installing.ts';
import { assertRefused, assertSucceeded } from '../outcomes.ts';
import { publish, publishSample } from '../publish.ts';
import { moduleOf } from '../sample-project.ts';
import { defineSuite } from '../suite.ts';
import type { Context } from '../suite.ts';

const project = 'rind-interop-install';

/** Installers, unmodified, by name alone. */
export const installers = defineSuite({
  name: 'installers',
  async prepare(context) {
    const { fixtures } = context;
    await publish(context, 'twine-author', ['six'], [fixtures.pureWheel, fixtures.sdist]);
    await publish(context, 'uv-author', ['idna'], [fixtures.smallWheel]);
    const sample = await publishSample(context, { name: project, version: '1.0' });
    await publishSample(context, { name: project, version: '2.0', requiresPython: '>=99' });
    return { context, fixtures, sample };
  },
  cells: [
    {
      client: 'pip',
      operation: 'installs a pure wheel, and it imports',
      async run({ context }) {
        const target = context.newFolder('pip-six');
        assertSucceeded(await pip(context, ['install', '--no-deps', '--target', target, 'six']));
        await assertPython(context, target, 'import six; assert six.__version__ == "1.17.0"');
      },
    },
    {
      client: 'pip',
      operation: 'installs a platform wheel, and its compiled part imports',
      async run({ context, fixtures }) {
        await publish(context, 'twine-author', ['markupsafe'], [fixtures.platformWheel()]);
        const target = context.newFolder('pip-markupsafe');
        assertSucceeded(await pip(context, ['install', '--no-deps', '--target', target, 'markupsafe']));
        await assertPython(context, target, 'import markupsafe._speedups');
      },
    },
    {
      client: 'pip',
      operation: 'builds and installs an sdist',
      async run({ context }) {
        const target = context.newFolder('pip-sdist');
        const options = ['--no-deps', '--no-build-isolation', '--no-binary', ':all:', '--target', target];
        assertSucceeded(await pip(context, ['install', ...options, project]));
        await assertGreeting(context, target);
      },
    },
    {
      client: 'pip',
      operation: 'downloads the very bytes that were uploaded, wheel and sdist',
      async run({ context, sample, fixtures }) {
        const folder = context.newFolder('pip-download');
        const common = ['download', '--no-deps', '--dest', folder];
        assertSucceeded(await pip(context, [...common, '--only-binary', ':all:', 'six', `${project}==1.0`]));
        const source = ['--no-binary', ':all:', '--no-build-isolation'];
        assertSucceeded(await pip(context, [...common, ...source, `${project}==1.0`]));
        const expected = [fixtures.pureWheel, sample.wheel, sample.sdist];
        assert.deepEqual(readdirSync(folder).sort(), expected.map(({ filename }) => filename).sort());
        for (const { filename, sha256 } of expected) {
          assert.equal(readDistribution(join(folder, filename)).sha256, sha256, filename);
        }
      },
    },
    {
      client: 'pip',
      operation: 'checks the hash that the page promises: --require-hashes',
      async run({ context, fixtures }) {
        const good = await pip(context, hashed(context, 'good', fixtures.pureWheel.sha256));
        assertSucceeded(good);
        assertRefused(await pip(context, hashed(context, 'bad', '0'.repeat(64))), /DO NOT MATCH THE HASHES/);
      },
    },
    {
      client: 'pip',
      operation: 'obeys requires-python: takes the older release, refuses the newer',
      async run({ context }) {
        const target = context.newFolder('pip-requires');
        assertSucceeded(await pip(context, ['install', '--no-deps', '--target', target, project]));
        await assertGreeting(context, target);
        const refused = await pip(context, ['install', '--no-deps', '--target', target, `${project}==2.0`]);
        assertRefused(refused, /require a different python version/);
      },
    },
    {
      client: 'pip',
      operation: 'says that a project which nobody uploaded does not exist',
      async run({ context }) {
        const target = context.newFolder('pip-none');
        const outcome = await pip(context, ['install', '--target', target, 'rind-interop-nobody']);
        assertRefused(outcome, /No matching distribution found/);
      },
    },
    {
      client: 'uv',
      operation: 'installs a pure wheel, and it imports',
      async run({ context }) {
        const target = context.newFolder('uv-six');
        assertSucceeded(await uvPip(context, ['install', '--no-deps', '--target', target, 'six']));
        await assertPython(context, target, 'import six; assert six.__version__ == "1.17.0"');
      },
    },
    {
      client: 'uv',
      operation: 'installs a platform wheel, and its compiled part imports',
      async run({ context, fixtures }) {
        await publish(context, 'twine-author', ['markupsafe'], [fixtures.platformWheel()]);
        const target = context.newFolder('uv-markupsafe');
        assertSucceeded(await uvPip(context, ['install', '--no-deps', '--target', target, 'markupsafe']));
        await assertPython(context, target, 'import markupsafe._speedups');
      },
    },
    {
      client: 'uv',
      operation: 'obeys requires-python: takes the older release, refuses the newer',
      async run({ context }) {
        const target = context.newFolder('uv-requires');
        assertSucceeded(await uvPip(context, ['install', '--no-deps', '--target', target, project]));
        await assertGreeting(context, target);
        const refused = await uvPip(context, ['install', '--no-deps', '--target', target, `${project}==2.0`]);
        assertRefused(refused, /Python>=99/);
      },
    },
    {
      client: 'uv',
      operation: 'locks the hashes of the very bytes that were uploaded',
      async run({ context, fixtures }) {
        const folder = context.newFolder('uv-compile');
        const out = join(folder, 'locked.txt');
        const args = ['compile', '--generate-hashes', '--output-file', out, requirementsFile(folder, 'six')];
        assertSucceeded(await uvPip(context, args));
        const locked = readFileSync(out, 'utf8');
        for (const { sha256 } of [fixtures.pureWheel, fixtures.sdist])
          assert.ok(locked.includes(sha256), locked);
      },
    },
    {
      client: 'http',
      operation: 'the HTML page has the same files and hashes as the JSON page',
      async run({ context, fixtures }) {
        const url = `${context.instance.file.simple}six/`;
        const page = await fetch(url, { headers: { accept: 'text/html' } });
        assert.match(page.headers.get('content-type') ?? '', /^text\/html/);
        const html = await page.text();
        const json = await fetch(url, { headers: { accept: 'application/vnd.pypi.simple.v1+json' } });
        assert.match(json.headers.get('content-type') ?? '', /^application\/vnd\.pypi\.simple\.v1\+json/);
        const { files } = (await json.json()) as {
          files: { filename: string; hashes: { sha256: string } }[];
        };
        const listed = files.map(({ filename, hashes }) => `${filename} ${hashes.sha256}`).sort();
        const expected = [fixtures.pureWheel, fixtures.sdist]
          .map((file) => `${file.filename} ${file.sha256}`)
          .sort();
        assert.deepEqual(listed, expected);
        for (const { filename, sha256 } of [fixtures.pureWheel, fixtures.sdist]) {
          assert.ok(html.includes(`>${filename}</a>`) && html.includes(`#sha256=${sha256}`), html);
        }
      },
    },
  ],
});

function hashed(context: Context, name: string, sha256: string): readonly string[] {
  const folder = context.newFolder(`pip-hashes-${name}`);
  const file = requirementsFile(folder, `six==1.17.0 --hash=sha256:${sha256}`);
  return [
    'download',
    '--no-deps',
    '--require-hashes',
    '--only-binary',
    ':all:',
    '--dest',
    folder,
    '-r',
    file,
  ];
}

function assertGreeting(context: Context, target: string): Promise<void> {
  const module = moduleOf(project);
  return assertPython(context, target, `import ${module}; assert ${module}.greeting() == "${project} 1.0"`);
}
