import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mustRun, runCommand } from './command.ts';
import type { Outcome } from './command.ts';
import { readDistribution } from './fixtures.ts';
import type { Distribution } from './fixtures.ts';
import { moduleOf } from './sample-project.ts';
import type { Context } from './suite.ts';

/** A tool that authors use from the project's folder: it builds with its own backend, then publishes `dist`. */
export interface PublishingTool {
  readonly client: 'flit' | 'poetry' | 'hatch' | 'pdm';
  /** The `[build-system]` of its projects. */
  readonly backend: { readonly requires: string; readonly name: string };
  /** Builds wheel and sdist into `dist`. Throws when that fails. */
  build(context: Context, folder: string): Promise<void>;
  publish(context: Context, folder: string, token: string): Promise<Outcome>;
}

/** The same sources become the same bytes. */
const steady = { SOURCE_DATE_EPOCH: '1700000000' };

const flit: PublishingTool = {
  client: 'flit',
  backend: { requires: 'flit_core', name: 'flit_core.buildapi' },
  async build(context, cwd) {
    const { program } = await context.venv('publishing');
    await mustRun(program('flit'), ['build'], { cwd, environment: { ...context.environment, ...steady } });
  },
  // It builds again.
  async publish(context, cwd, token) {
    const { program } = await context.venv('publishing');
    const environment = {
      ...{ ...context.environment, ...steady, FLIT_NO_NETWORK: '1' },
      ...{ FLIT_INDEX_URL: context.instance.file.upload, FLIT_USERNAME: '__token__', FLIT_PASSWORD: token },
    };
    return runCommand(program('flit'), ['publish'], { cwd, environment });
  },
};

const poetry: PublishingTool = {
  client: 'poetry',
  backend: { requires: 'poetry-core', name: 'poetry.core.masonry.api' },
  async build(context, cwd) {
    const { program } = await context.venv('publishing');
    const environment = { ...context.environment, ...steady, ...poetryAlone };
    await mustRun(program('poetry'), ['--no-interaction', 'build', '--clean'], { cwd, environment });
  },
  async publish(context, cwd, token) {
    const { program } = await context.venv('publishing');
    const environment = {
      ...{ ...context.environment, ...poetryAlone },
      POETRY_REPOSITORIES_RIND_URL: context.instance.file.upload,
      POETRY_HTTP_BASIC_RIND_USERNAME: '__token__',
      POETRY_HTTP_BASIC_RIND_PASSWORD: token,
    };
    const args = ['--no-interaction', 'publish', '--repository', 'rind'];
    return runCommand(program('poetry'), args, { cwd, environment });
  },
};

const hatch: PublishingTool = {
  client: 'hatch',
  backend: { requires: 'hatchling', name: 'hatchling.build' },
  // `hatch build` would install the backend that is there already, from an index that is not ours.
  async build(context, cwd) {
    const { program } = await context.venv('publishing');
    const environment = { ...context.environment, ...steady };
    await mustRun(program('hatchling'), ['build', '--clean'], { cwd, environment });
  },
  async publish(context, cwd, token) {
    const { program } = await context.venv('publishing');
    const environment = {
      ...context.environment,
      ...{
        HATCH_INDEX_REPO: context.instance.file.upload,
        HATCH_INDEX_USER: '__token__',
        HATCH_INDEX_AUTH: token,
      },
    };
    return runCommand(program('hatch'), ['--no-interactive', 'publish', '--no-prompt'], { cwd, environment });
  },
};

const pdm: PublishingTool = {
  client: 'pdm',
  backend: { requires: 'pdm-backend', name: 'pdm.backend' },
  async build(context, cwd) {
    const { program } = await context.venv('pdm');
    const environment = { ...context.environment, ...steady, ...pdmAlone, VIRTUAL_ENV: program('..') };
    await mustRun(program('pdm'), ['build', '--no-isolation'], { cwd, environment });
  },
  async publish(context, cwd, token) {
    const { program } = await context.venv('pdm');
    const environment = {
      ...{ ...context.environment, ...pdmAlone, VIRTUAL_ENV: program('..') },
      ...{
        PDM_PUBLISH_REPO: context.instance.file.upload,
        PDM_PUBLISH_USERNAME: '__token__',
        PDM_PUBLISH_PASSWORD: token,
      },
    };
    // Without -vv it shows the status alone, and writes the rest into a file.
    const args = ['--non-interactive', 'publish', '--no-build', '-vv'];
    return runCommand(program('pdm'), args, { cwd, environment });
  },
};

export const publishingTools: readonly PublishingTool[] = [flit, poetry, hatch, pdm];

/** No keyring, and no environment of its own. */
const poetryAlone = { POETRY_KEYRING_ENABLED: 'false', POETRY_VIRTUALENVS_CREATE: 'false' };
const pdmAlone = { PDM_CHECK_UPDATE: '0', PDM_IGNORE_SAVED_PYTHON: '1' };

/** Writes, or writes anew, a project for this tool, and builds it. */
export async function buildWith(
  context: Context,
  tool: PublishingTool,
  folder: string,
  { name, greeting }: { readonly name: string; readonly greeting: string },
): Promise<readonly Distribution[]> {
  const module = join(folder, 'src', moduleOf(name));
  mkdirSync(module, { recursive: true });
  const toml = [
    '[build-system]',
    `requires = [${JSON.stringify(tool.backend.requires)}]`,
    `build-backend = ${JSON.stringify(tool.backend.name)}`,
    '[project]',
    `name = ${JSON.stringify(name)}`,
    'version = "1.0"',
    'description = "A sample that says what it is told to say."',
    'requires-python = ">=3.8"',
    'readme = "README.md"',
    '',
  ];
  writeFileSync(join(folder, 'pyproject.toml'), toml.join('\n'));
  writeFileSync(join(folder, 'README.md'), `# ${name}\n\nA sample.\n`);
  const source = `"""A sample."""\n\n\ndef greeting():\n    return ${JSON.stringify(greeting)}\n`;
  writeFileSync(join(module, '__init__.py'), source);
  await tool.build(context, folder);
  const dist = join(folder, 'dist');
  return readdirSync(dist)
    .filter((file) => /\.(whl|tar\.gz)$/.test(file))
    .map((file) => readDistribution(join(dist, file)));
}
