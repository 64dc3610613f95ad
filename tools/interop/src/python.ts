import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mustRun, runCommand } from './command.ts';
import { machineEnvironment } from './environment.ts';
import { places } from './places.ts';

/** A venv with clients. */
export interface Python {
  /** The interpreter's version, e.g. `3.11.7`. */
  readonly version: string;
  /** Path of a program in the venv: `python`, `pip`, and those of its clients. */
  program(name: string): string;
}

const oldestMinor = 9;
const candidates = [
  'python3',
  'python3.14',
  'python3.13',
  'python3.12',
  'python3.11',
  'python3.10',
  'python',
];

/**
 * The venvs: clients that cannot live together, and those that few suites need, have one of their own. Each has a file
 * of requirements.
 */
const requirementsFiles = {
  main: places.requirements,
  publishing: join(places.requirementsApart, 'publishing.txt'),
  pdm: join(places.requirementsApart, 'pdm.txt'),
  mirroring: join(places.requirementsApart, 'mirroring.txt'),
  tokens: join(places.requirementsApart, 'tokens.txt'),
  'debian-12': join(places.requirementsApart, 'debian-12.txt'),
} as const;
export type VenvName = keyof typeof requirementsFiles;
export const venvNames = Object.keys(requirementsFiles) as readonly VenvName[];

/** Makes the main venv, unless it is there with these very requirements and this very interpreter. */
export function ensurePython(say: (line: string) => void): Promise<Python> {
  return ensureVenv('main', say);
}

/** Makes a venv likewise; with `newest` another, whose clients are the newest that the registry has, made each time. */
export async function ensureVenv(
  name: VenvName,
  say: (line: string) => void,
  newest = false,
): Promise<Python> {
  const { command, version } = await findPython();
  const pinned = readFileSync(requirementsFiles[name], 'utf8');
  const requirements = newest && name !== 'debian-12' ? withoutPins(pinned) : pinned;
  const venv = join(places.cache, `${name === 'main' ? 'venv' : `venv-${name}`}${newest ? '-newest' : ''}`);
  const mark = join(venv, '.rind-requirements');
  const wanted = createHash('sha256').update(`${version}\n${venv}\n${requirements}`).digest('hex');
  if (newest || !existsSync(mark) || readFileSync(mark, 'utf8') !== wanted) {
    say(`making the venv of ${newest ? 'the newest' : 'the'} clients (${name}) for Python ${version}`);
    rmSync(venv, { recursive: true, force: true });
    mkdirSync(places.cache, { recursive: true });
    const options = { environment: machineEnvironment(), timeoutMs: 600_000 };
    await mustRun(command, ['-m', 'venv', venv], options);
    const file = join(venv, 'requirements.txt');
    writeFileSync(file, requirements);
    await mustRun(program(venv, 'python'), ['-m', 'pip', 'install', '-q', '-r', file], options);
    writeFileSync(mark, wanted);
  }
  return { version, program: (each) => program(venv, each) };
}

/** The pinned version of a client, as the requirements of its venv have it. */
export function pinnedVersion(name: string, venv: VenvName = 'main'): string {
  const pin = parsePins(readFileSync(requirementsFiles[venv], 'utf8')).get(name);
  if (pin === undefined) throw new Error(`${name} is not pinned in ${requirementsFiles[venv]}`);
  return pin;
}

/** The version that a venv has of a client. */
export async function installedVersion({ program }: Python, name: string): Promise<string> {
  const script = `import importlib.metadata; print(importlib.metadata.version(${JSON.stringify(name)}))`;
  const { stdout } = await mustRun(program('python'), ['-c', script], { environment: machineEnvironment() });
  return stdout.trim();
}

/** The same requirements without versions. */
export function withoutPins(requirements: string): string {
  return requirements.replace(/==\S+$/gm, '');
}

/** Where each venv's requirements are. */
export function requirementsFileOf(name: VenvName): string {
  return requirementsFiles[name];
}

/** `name==version` lines, extras left out. */
export function parsePins(requirements: string): ReadonlyMap<string, string> {
  const pins = new Map<string, string>();
  for (const line of requirements.split('\n')) {
    const match = /^([A-Za-z0-9_.-]+)(?:\[[^\]]*\])?==(\S+)$/.exec(line.trim());
    if (match?.[1] !== undefined && match[2] !== undefined) pins.set(match[1], match[2]);
  }
  return pins;
}

async function findPython(): Promise<{ command: string; version: string }> {
  const script = 'import sys; print("%d.%d.%d" % sys.version_info[:3])';
  const seen: string[] = [];
  for (const command of candidates) {
    const outcome = await runCommand(command, ['-c', script], { environment: machineEnvironment() }).catch(
      () => null,
    );
    if (outcome === null || outcome.code !== 0) continue;
    const version = outcome.stdout.trim();
    seen.push(`${command} ${version}`);
    const [major, minor] = version.split('.').map(Number);
    if (major === 3 && minor !== undefined && minor >= oldestMinor) return { command, version };
  }
  const found = seen.length === 0 ? 'none is on the path' : `found only ${seen.join(', ')}`;
  throw new Error(`the clients need Python 3.${oldestMinor} or newer with venv: ${found}`);
}

function program(venv: string, name: string): string {
  return join(venv, 'bin', name);
}
