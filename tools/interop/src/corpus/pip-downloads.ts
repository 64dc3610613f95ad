import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { mustRun } from '../command.ts';
import { machineEnvironment } from '../environment.ts';
import { readDistribution } from '../fixtures.ts';
import { places } from '../places.ts';
import type { Python } from '../python.ts';
import { backends, kinds } from './listed-distribution.ts';
import type { ListedDistribution } from './listed-distribution.ts';

const folder = join(places.cache, 'corpus');
/** A large wheel over a slow line. */
const timeoutMs = 900_000;

/** Where a listed file lies once it was downloaded. */
export function cachedPath({ filename }: ListedDistribution): string {
  return join(folder, filename);
}

/** Installs the build backends beside everything else, once; answers their folder, to be put on `PYTHONPATH`. */
export async function ensureBackends(python: Python): Promise<string> {
  const target = join(folder, `backends-py${python.version}`);
  if (existsSync(target)) return target;
  const part = `${target}.part`;
  rmSync(part, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const args = ['install', '-q', '--no-deps', '--target', part, ...backends];
  await mustRun(python.program('pip'), args, { environment: machineEnvironment(), timeoutMs });
  renameSync(part, target);
  return target;
}

/** One file by `pip download` into `out`, from the registry or from the index that `more` names. */
export async function pipDownload(
  python: Python,
  listed: ListedDistribution,
  out: string,
  environment: Readonly<Record<string, string>>,
  more: readonly string[] = [],
): Promise<string> {
  const args = ['download', '-q', '--no-deps', ...kinds[listed.kind], ...more, '-d', out, listed.requirement];
  await mustRun(python.program('pip'), args, { environment, timeoutMs });
  const path = join(out, listed.filename);
  if (!existsSync(path)) throw new Error(`pip downloaded another file of ${listed.requirement}`);
  return path;
}

/** The listed file from the registry, once; refuses other bytes than the listed ones. */
export async function ensureDownloaded(
  python: Python,
  listed: ListedDistribution,
  backendsFolder: string,
): Promise<string> {
  const path = cachedPath(listed);
  if (!existsSync(path)) {
    const part = join(folder, `${listed.filename}.part`);
    rmSync(part, { recursive: true, force: true });
    mkdirSync(part, { recursive: true });
    const environment = { ...machineEnvironment(), PYTHONPATH: backendsFolder };
    renameSync(await pipDownload(python, listed, part, environment), path);
    rmSync(part, { recursive: true, force: true });
  }
  const { sha256 } = readDistribution(path);
  if (sha256 !== listed.sha256) throw new Error(`${path} has the SHA-256 ${sha256}, not the listed one`);
  return path;
}
