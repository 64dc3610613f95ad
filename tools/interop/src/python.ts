import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mustRun, runCommand } from './command.ts';
import { machineEnvironment } from './environment.ts';
import { places } from './places.ts';

/** The venv with the pinned clients. */
export interface Python {
  /** The interpreter's version, e.g. `3.11.7`. */
  readonly version: string;
  /** Path of a program in the venv: `python`, `pip`, `uv`, `twine`. */
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

/** Makes the venv, unless it is there with these very requirements and this very interpreter. */
export async function ensurePython(say: (line: string) => void): Promise<Python> {
  const { command, version } = await findPython();
  const requirements = readFileSync(places.requirements, 'utf8');
  const venv = join(places.cache, 'venv');
  const mark = join(venv, '.rind-requirements');
  const wanted = createHash('sha256').update(`${version}\n${venv}\n${requirements}`).digest('hex');
  if (!existsSync(mark) || readFileSync(mark, 'utf8') !== wanted) {
    say(`making the venv of the clients for Python ${version} (once)`);
    rmSync(venv, { recursive: true, force: true });
    mkdirSync(places.cache, { recursive: true });
    const options = { environment: machineEnvironment(), timeoutMs: 600_000 };
    await mustRun(command, ['-m', 'venv', venv], options);
    await mustRun(
      program(venv, 'python'),
      ['-m', 'pip', 'install', '-q', '-r', places.requirements],
      options,
    );
    writeFileSync(mark, wanted);
  }
  return { version, program: (name) => program(venv, name) };
}

/** The pinned version of a client, as requirements.txt has it. */
export function pinnedVersion(name: string): string {
  const pin = parsePins(readFileSync(places.requirements, 'utf8')).get(name);
  if (pin === undefined) throw new Error(`${name} is not pinned in requirements.txt`);
  return pin;
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
