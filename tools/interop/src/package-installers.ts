import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from './command.ts';
import type { Outcome } from './command.ts';
import { requirementsFile } from './installing.ts';
import type { Python } from './python.ts';
import type { Bench, ClientName } from './suite.ts';

/** What an installer did, and Python with what it installed. */
export interface Installed {
  readonly outcome: Outcome;
  runPython(script: string): Promise<Outcome>;
}

/** An installer, given one index by its own option or file and told of no other. */
export interface PackageInstaller {
  readonly client: ClientName;
  /** @param simple address of the Simple API, with a slash at the end */
  install(bench: Bench, simple: string, requirements: readonly string[]): Promise<Installed>;
  /** Finds out what would be installed, and installs nothing. */
  resolve(bench: Bench, simple: string, requirement: string): Promise<Outcome>;
}

function pipOf(client: ClientName, venv: (bench: Bench) => Promise<Python>): PackageInstaller {
  return {
    client,
    async install(bench, simple, requirements) {
      const { program } = await venv(bench);
      const target = bench.newFolder('pip-target');
      const args = ['install', '--index-url', simple, '--target', target, ...requirements];
      const outcome = await runCommand(program('pip'), args, { environment: bench.environment });
      return withTarget(bench, outcome, target);
    },
    async resolve(bench, simple, requirement) {
      const { program } = await venv(bench);
      const args = ['install', '--index-url', simple, '--dry-run', '--ignore-installed', requirement];
      return runCommand(program('pip'), args, { environment: bench.environment });
    },
  };
}

const uv: PackageInstaller = {
  client: 'uv',
  async install(bench, simple, requirements) {
    const { program } = bench.python;
    const target = bench.newFolder('uv-target');
    const fixed = [
      'pip',
      'install',
      '--index-url',
      simple,
      '--python',
      program('python'),
      '--target',
      target,
    ];
    const outcome = await runCommand(program('uv'), [...fixed, ...requirements], {
      environment: bench.environment,
    });
    return withTarget(bench, outcome, target);
  },
  async resolve(bench, simple, requirement) {
    const { program } = bench.python;
    const file = requirementsFile(bench.newFolder('uv-resolve'), requirement);
    const args = ['pip', 'compile', '--index-url', simple, '--python', program('python'), file];
    return runCommand(program('uv'), args, { environment: bench.environment });
  },
};

const poetry: PackageInstaller = {
  client: 'poetry',
  async install(bench, simple, requirements) {
    const folder = poetryProject(bench, simple, requirements);
    return withVenv(bench, folder, await runPoetry(bench, folder, 'install'));
  },
  resolve: (bench, simple, requirement) =>
    runPoetry(bench, poetryProject(bench, simple, [requirement]), 'lock'),
};

const pdm: PackageInstaller = {
  client: 'pdm',
  async install(bench, simple, requirements) {
    const folder = pdmProject(bench, simple, requirements);
    return withVenv(bench, folder, await runPdm(bench, folder, ['install', '--no-self']));
  },
  resolve: (bench, simple, requirement) => runPdm(bench, pdmProject(bench, simple, [requirement]), ['lock']),
};

export const packageInstallers: readonly PackageInstaller[] = [
  pipOf('pip', ({ python }) => Promise.resolve(python)),
  pipOf('pip (Debian 12)', (bench) => bench.venv('debian-12')),
  uv,
  poetry,
  pdm,
];

async function runPoetry(bench: Bench, cwd: string, command: string): Promise<Outcome> {
  const { program } = await bench.venv('publishing');
  const environment = {
    ...{ ...bench.environment, POETRY_KEYRING_ENABLED: 'false', POETRY_CACHE_DIR: bench.newFolder('cache') },
    ...{ POETRY_VIRTUALENVS_IN_PROJECT: 'true', POETRY_VIRTUALENVS_OPTIONS_NO_PIP: 'true' },
  };
  return runCommand(program('poetry'), ['--no-interaction', command], { cwd, environment });
}

async function runPdm(bench: Bench, cwd: string, args: readonly string[]): Promise<Outcome> {
  const { program } = await bench.venv('pdm');
  const environment = {
    ...{ ...bench.environment, PDM_CHECK_UPDATE: '0', PDM_CACHE_DIR: bench.newFolder('cache') },
  };
  return runCommand(program('pdm'), ['--non-interactive', ...args], { cwd, environment });
}

function poetryProject(bench: Bench, simple: string, requirements: readonly string[]): string {
  const sources = ['[tool.poetry]', 'package-mode = false', '[[tool.poetry.source]]', 'name = "rind"'];
  return userProject(bench, requirements, [...sources, `url = "${simple}"`, 'priority = "primary"']);
}

/** pdm asks an index of this name instead of the one that it would ask by itself. */
function pdmProject(bench: Bench, simple: string, requirements: readonly string[]): string {
  return userProject(bench, requirements, ['[[tool.pdm.source]]', 'name = "pypi"', `url = "${simple}"`]);
}

function userProject(bench: Bench, requirements: readonly string[], lines: readonly string[]): string {
  const folder = bench.newFolder('user');
  const [major, minor] = bench.python.version.split('.');
  const toml = [
    '[project]',
    'name = "rind-interop-user"',
    'version = "1.0"',
    // The very Python that is there: a range would have to hold for all requirements.
    `requires-python = "==${major}.${minor}.*"`,
    `dependencies = ${JSON.stringify(requirements)}`,
    ...lines,
    '',
  ];
  writeFileSync(join(folder, 'pyproject.toml'), toml.join('\n'));
  return folder;
}

function withTarget(bench: Bench, outcome: Outcome, target: string): Installed {
  const environment = { ...bench.environment, PYTHONPATH: target };
  return {
    outcome,
    runPython: (script) => runCommand(bench.python.program('python'), ['-c', script], { environment }),
  };
}

function withVenv({ environment }: Bench, folder: string, outcome: Outcome): Installed {
  const python = join(folder, '.venv', 'bin', 'python');
  return { outcome, runPython: (script) => runCommand(python, ['-c', script], { environment }) };
}
