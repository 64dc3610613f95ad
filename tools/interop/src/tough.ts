import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { mustRun, runCommand } from './command.ts';
import { machineEnvironment } from './environment.ts';
import { places } from './places.ts';
import { CannotRun } from './report.ts';

const sources = ['Cargo.toml', join('src', 'main.rs')];
/** The crates may have to be downloaded, and are compiled. */
const buildTimeoutMs = 3_600_000;

/** The version of tough that Cargo.toml pins. */
export function toughVersion(): string {
  const pin = /^tough = \{ version = "=([^"]+)"/m.exec(
    readFileSync(join(places.tough, 'Cargo.toml'), 'utf8'),
  );
  if (pin?.[1] === undefined) throw new Error('Cargo.toml does not pin tough');
  return pin[1];
}

/**
 * Path of the program that reads with tough, built unless it was built from these very sources before.
 * @throws CannotRun `cargo.missing` where there is no Rust
 */
export async function ensureTough(): Promise<string> {
  const digest = createHash('sha256');
  for (const name of sources) digest.update(readFileSync(join(places.tough, name)));
  const program = join(places.cache, `tough-read-${digest.digest('hex').slice(0, 16)}`);
  if (existsSync(program)) return program;
  const options = { cwd: places.tough, environment: machineEnvironment(), timeoutMs: buildTimeoutMs };
  const cargo = await runCommand('cargo', ['--version'], options).catch(() => null);
  if (cargo === null || cargo.code !== 0)
    throw new CannotRun('cargo.missing', 'tough is built with Rust: no cargo on the path');
  mkdirSync(places.cache, { recursive: true });
  const target = join(places.cache, 'tough-target');
  await mustRun('cargo', ['build', '--target-dir', target], options);
  renameSync(join(target, 'debug', 'tough-read'), program);
  rmSync(target, { recursive: true, force: true });
  return program;
}
