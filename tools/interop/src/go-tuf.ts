import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { mustRun, runCommand } from './command.ts';
import { machineEnvironment } from './environment.ts';
import { places } from './places.ts';
import { CannotRun } from './report.ts';

const module = 'github.com/theupdateframework/go-tuf/v2';
const sources = ['go.mod', 'go.sum', 'main.go'];
const prefix = 'go-tuf-watch-';
/** The modules may have to be downloaded and compiled. */
const buildTimeoutMs = 600_000;

/** The version of go-tuf that go.mod pins. */
export function goTufVersion(): string {
  const pin = new RegExp(`^\\s*(?:require )?${module} v(\\S+)$`, 'm').exec(
    readFileSync(join(places.goTuf, 'go.mod'), 'utf8'),
  );
  if (pin?.[1] === undefined) throw new Error('go.mod does not pin go-tuf');
  return pin[1];
}

let built: Promise<string> | undefined;

/**
 * Path of the program that reads with go-tuf, built unless it was built from these very sources before. What failed
 * once in a run has failed for all of it.
 * @throws CannotRun `go.missing` where there is no Go
 */
export function ensureGoTuf(): Promise<string> {
  return (built ??= build());
}

async function build(): Promise<string> {
  const digest = createHash('sha256');
  for (const name of sources) digest.update(readFileSync(join(places.goTuf, name)));
  const name = `${prefix}${digest.digest('hex').slice(0, 16)}`;
  const program = join(places.cache, name);
  if (existsSync(program)) return program;
  const options = { cwd: places.goTuf, environment: machineEnvironment(), timeoutMs: buildTimeoutMs };
  const go = await runCommand('go', ['version'], options).catch(() => null);
  if (go === null || go.code !== 0)
    throw new CannotRun('go.missing', 'go-tuf is built with Go: no go on the path');
  mkdirSync(places.cache, { recursive: true });
  for (const old of readdirSync(places.cache)) {
    if (old.startsWith(prefix)) rmSync(join(places.cache, old));
  }
  // Modules are those of go.sum, or the build fails.
  await mustRun(
    'go',
    ['build', '-mod=readonly', '-buildvcs=false', '-trimpath', '-o', `${program}.new`, '.'],
    options,
  );
  renameSync(`${program}.new`, program);
  return program;
}
