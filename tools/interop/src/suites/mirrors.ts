import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mustRun, runCommand } from '../command.ts';
import type { Outcome } from '../command.ts';
import { documentBlocks } from '../document-block.ts';
import { sha256Hex } from '../fixtures.ts';
import type { Distribution } from '../fixtures.ts';
import { mirrorByDocument } from '../mirror-lines.ts';
import { assertSucceeded } from '../outcomes.ts';
import { packageInstallers } from '../package-installers.ts';
import { publishSample } from '../publish.ts';
import { readOnce } from '../read-once.ts';
import type { ReadTarget } from '../read-once.ts';
import { moduleOf } from '../sample-project.ts';
import { serveFolder } from '../static-server.ts';
import { defineSuite } from '../suite.ts';
import type { Context } from '../suite.ts';
import { packagePath, pagePath } from '../target-paths.ts';

const project = 'rind-interop-mirrored';
const later = 'rind-interop-mirrored-later';

interface State {
  readonly context: Context;
  readonly files: { readonly wheel: Distribution; readonly sdist: Distribution };
  /** bandersnatch's folder, and its run by the configuration of docs/mirroring.md. */
  readonly folder: string;
  bandersnatch(): Promise<Outcome>;
  /** A copy of the store by the lines of docs/mirroring.md. */
  readonly copy: string;
  mirror(options?: { readonly secondNames: boolean }): Promise<void>;
}

/** Copies of the index, made as docs/mirroring.md says, by its very lines. */
export const mirrors = defineSuite<State>({
  name: 'mirrors',
  async prepare(context) {
    const files = await publishSample(context, { name: project, version: '1.0' });
    const folder = context.newFolder('bandersnatch');
    const [template = ''] = documentBlocks('mirroring.md', 'ini');
    const { url, store } = context.instance.file;
    const lines = template.replace('MIRROR', folder).replace('INDEX', url.replace(/\/$/, ''));
    const config = join(context.newFolder('bandersnatch-config'), 'bandersnatch.conf');
    writeFileSync(config, `${lines}allow-non-https = true\n`);
    const copy = context.newFolder('copy');
    return {
      ...{ context, files, folder, copy },
      async bandersnatch() {
        const { program } = await context.venv('mirroring');
        const args = ['--config', config, 'mirror'];
        return runCommand(program('bandersnatch'), args, { environment: context.environment });
      },
      mirror: (options) => mirrorByDocument(context, store.path, copy, options),
    };
  },
  cells: [
    {
      client: 'bandersnatch',
      operation: 'mirrors every project of the index',
      async run({ context, folder, bandersnatch }) {
        assertSucceeded(await bandersnatch());
        const names = await projectsOf(context);
        assert.ok(names.includes(project), names.join());
        for (const name of names) {
          assert.ok(existsSync(join(folder, 'web', 'simple', name, 'index.html')), `no page of ${name}`);
        }
      },
    },
    {
      client: 'bandersnatch',
      operation: 'brings in its next run what was published since',
      async run({ context, folder, bandersnatch }) {
        const page = join(folder, 'web', 'simple', later, 'index.html');
        assert.ok(!existsSync(page));
        await publishSample(context, { name: later, version: '1.0' });
        assertSucceeded(await bandersnatch());
        assert.ok(existsSync(page));
      },
    },
    ...packageInstallers
      .filter(({ client }) => client === 'pip' || client === 'uv')
      .map((installer) => ({
        client: installer.client,
        operation: "installs from bandersnatch's folder behind a plain static server",
        async run({ context, folder }: State) {
          const server = await serveFolder(context, join(folder, 'web'));
          try {
            const installed = await installer.install(context, `${server.url}simple/`, [project, later]);
            assertSucceeded(installed.outcome);
            for (const name of [project, later]) {
              const script = `import ${moduleOf(name)} as it; print(it.greeting())`;
              assert.equal((await installed.runPython(script)).stdout.trim(), `${name} 1.0`);
            }
          } finally {
            await server.close();
          }
        },
      })),
    ...(['python-tuf', 'rind', 'go-tuf'] as const).map((client) => ({
      client,
      operation: 'verifies wheel, sdist and page from a copy of the store behind a plain static server',
      async run({ context, files, copy, mirror }: State) {
        await mirror();
        const server = await serveFolder(context, copy);
        try {
          const { root } = context.instance.file;
          const place = { metadataUrl: `${server.url}metadata/`, targetsUrl: `${server.url}targets/`, root };
          await readOnce(context, client, place, await targetsOf(context, files));
        } finally {
          await server.close();
        }
      },
    })),
    {
      client: 'rind',
      operation: 'fsck finds nothing wrong with a copy that was brought up to date',
      async run({ context, copy, mirror }) {
        await publishSample(context, { name: project, version: '1.1' });
        await mirror();
        const { root, store } = context.instance.file;
        const args = [copy, '--root', root, '--targets', 'all', '--json'];
        const outcome = await context.instance.rind(['fsck', ...args]);
        assertSucceeded(outcome);
        const report = JSON.parse(outcome.stdout) as { ok: boolean; checked: { targets: number } };
        assert.ok(report.ok && report.checked.targets > 0, outcome.stdout);
        await mustRun('cmp', [`${store.path}/metadata/timestamp.json`, `${copy}/metadata/timestamp.json`], {
          environment: context.environment,
        });
      },
    },
    {
      client: 'http',
      operation: 'hard links give a copy the second name of every target, as tough asks for it',
      async run({ context, files: { wheel, sdist }, copy, mirror }) {
        await mirror({ secondNames: true });
        const server = await serveFolder(context, copy);
        try {
          for (const { filename, sha256 } of [wheel, sdist]) {
            for (const base of [context.instance.file.targets, `${server.url}targets/`]) {
              const answer = await fetch(`${base}${sha256}.${packagePath(project, filename)}`);
              assert.equal(answer.status, 200, base);
              assert.equal(sha256Hex(new Uint8Array(await answer.arrayBuffer())), sha256);
            }
          }
        } finally {
          await server.close();
        }
      },
    },
  ],
});

async function projectsOf({ instance }: Context): Promise<readonly string[]> {
  const answer = await fetch(instance.file.simple, {
    headers: { accept: 'application/vnd.pypi.simple.v1+json' },
  });
  const { projects } = (await answer.json()) as { projects: readonly { readonly name: string }[] };
  return projects.map(({ name }) => name);
}

async function targetsOf(
  { instance }: Context,
  { wheel, sdist }: State['files'],
): Promise<readonly ReadTarget[]> {
  const page = await fetch(`${instance.file.simple}${project}/`, {
    headers: { accept: 'application/vnd.pypi.simple.v1+json' },
  });
  return [
    ...[wheel, sdist].map(({ filename, sha256 }) => ({ path: packagePath(project, filename), sha256 })),
    { path: pagePath(project), sha256: sha256Hex(new Uint8Array(await page.arrayBuffer())) },
  ];
}
