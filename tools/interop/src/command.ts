import { spawn } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import { stripVTControlCharacters } from 'node:util';

export interface CommandOptions {
  readonly cwd?: string;
  /** The whole environment of the command. */
  readonly environment: Readonly<Record<string, string>>;
  /** Killed after this; counts as a failure to run. */
  readonly timeoutMs?: number;
}

export interface Outcome {
  /** Null: ended by a signal. */
  readonly code: number | null;
  /** Colours left out, as in `stderr`. */
  readonly stdout: string;
  readonly stderr: string;
  readonly ms: number;
}

const defaultTimeoutMs = 180_000;

/** Runs a program to its end. Any exit code is an outcome; only a program that does not start or does not end throws. */
export function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions,
): Promise<Outcome> {
  const { cwd, environment, timeoutMs = defaultTimeoutMs } = options;
  return new Promise((resolve, reject) => {
    const startedMs = performance.now();
    const child = spawn(command, [...args], {
      env: { ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(cwd === undefined ? {} : { cwd }),
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
    }, timeoutMs);
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      const outcome = { code, stdout: text(stdout), stderr: text(stderr), ms: performance.now() - startedMs };
      if (late) reject(new Error(`${command} did not end within ${timeoutMs} ms\n${tail(outcome)}`));
      else resolve(outcome);
    });
  });
}

/** Runs a program that has to succeed. */
export async function mustRun(
  command: string,
  args: readonly string[],
  options: CommandOptions,
): Promise<Outcome> {
  const outcome = await runCommand(command, args, options);
  if (outcome.code !== 0) {
    throw new Error(`${[command, ...args].join(' ')} exited with ${outcome.code}\n${tail(outcome)}`);
  }
  return outcome;
}

/** The end of what a program said, for a report. */
export function tail({ stdout, stderr }: Outcome, lines = 15): string {
  const said = `${stdout}\n${stderr}`.split('\n').map((line) => line.trimEnd());
  return said
    .filter((line) => line !== '')
    .slice(-lines)
    .join('\n');
}

function text(chunks: readonly Buffer[]): string {
  return stripVTControlCharacters(Buffer.concat(chunks).toString('utf8'));
}
