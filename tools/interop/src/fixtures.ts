import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { mustRun, runCommand, tail } from './command.ts';
import { machineEnvironment } from './environment.ts';
import { places } from './places.ts';
import type { Python } from './python.ts';
import { CannotRun } from './report.ts';

/** A distribution file on disk. */
export interface Distribution {
  readonly path: string;
  readonly filename: string;
  readonly bytes: Uint8Array;
  /** Lower-case hex. */
  readonly sha256: string;
}

/** Real projects of the registry at pinned versions. */
export interface Fixtures {
  /** six 1.17.0, a pure wheel for two Pythons, with an exotic requires-python. */
  readonly pureWheel: Distribution;
  /** six 1.17.0. */
  readonly sdist: Distribution;
  /** idna 3.20, requires-python with a floor. */
  readonly smallWheel: Distribution;
  /** markupsafe 3.0.3 as the registry has it for this platform. */
  platformWheel(): Distribution;
}

const wheel = ['--only-binary', ':all:'];
const source = ['--no-binary', ':all:'];

export async function ensureFixtures(python: Python, say: (line: string) => void): Promise<Fixtures> {
  const fetch = (requirement: string, options: readonly string[], suffix: string): Promise<Distribution> =>
    download(python, requirement, options, suffix, say);
  const pureWheel = await fetch('six==1.17.0', wheel, '.whl');
  const sdist = await fetch('six==1.17.0', source, '.tar.gz');
  const smallWheel = await fetch('idna==3.20', wheel, '.whl');
  const platform = await fetch('markupsafe==3.0.3', wheel, '.whl').catch((error: Error) => error);
  return {
    pureWheel,
    sdist,
    smallWheel,
    platformWheel() {
      if (platform instanceof Error) throw new CannotRun('platform.no-wheel', platform.message);
      return platform;
    },
  };
}

export function readDistribution(path: string): Distribution {
  const bytes = new Uint8Array(readFileSync(path));
  return { path, filename: basename(path), bytes, sha256: sha256Hex(bytes) };
}

export function sha256Hex(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

async function download(
  python: Python,
  requirement: string,
  options: readonly string[],
  suffix: string,
  say: (line: string) => void,
): Promise<Distribution> {
  const name = `${requirement.replace('==', '-')}${suffix}`;
  const folder = join(places.cache, 'projects', `py${python.version}`, name);
  if (!existsSync(folder)) {
    say(`downloading ${name} (once)`);
    const part = `${folder}.part`;
    rmSync(part, { recursive: true, force: true });
    mkdirSync(part, { recursive: true });
    const args = ['download', '-q', '--no-deps', ...options, '-d', part, requirement];
    const outcome = await runCommand(python.program('pip'), args, { environment: machineEnvironment() });
    if (outcome.code !== 0) throw new Error(`pip download ${requirement} failed\n${tail(outcome)}`);
    renameSync(part, folder);
  }
  return readDistribution(onlyFile(folder, suffix));
}

/** Builds a project with the venv's flit_core; answers its wheel and sdist. */
export async function buildProject(
  python: Python,
  projectFolder: string,
  environment: Readonly<Record<string, string>>,
): Promise<{ wheel: Distribution; sdist: Distribution }> {
  const out = join(projectFolder, 'dist');
  await mustRun(python.program('python'), ['-m', 'build', '--no-isolation', '--outdir', out, projectFolder], {
    environment: { ...environment, SOURCE_DATE_EPOCH: '1700000000' },
  });
  return {
    wheel: readDistribution(onlyFile(out, '.whl')),
    sdist: readDistribution(onlyFile(out, '.tar.gz')),
  };
}

function onlyFile(folder: string, suffix: string): string {
  const names = readdirSync(folder).filter((name) => name.endsWith(suffix));
  const [name] = names;
  if (name === undefined || names.length > 1)
    throw new Error(`${folder} has ${names.length} files *${suffix}`);
  return join(folder, name);
}
