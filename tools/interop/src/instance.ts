import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mustRun, runCommand } from './command.ts';
import type { Outcome } from './command.ts';
import { machineEnvironment } from './environment.ts';
import { places } from './places.ts';

/** What we use of `rind.json`. */
interface InstanceFile {
  readonly ready: boolean;
  readonly url: string;
  readonly upload: string;
  readonly simple: string;
  readonly metadata: string;
  readonly targets: string;
  readonly root: string;
}

/** A running Rind, spoken to only by its public names. */
export class Instance {
  readonly file: InstanceFile;
  readonly dataDir: string;

  constructor(dataDir: string) {
    this.dataDir = dataDir;
    this.file = JSON.parse(readFileSync(join(dataDir, 'rind.json'), 'utf8')) as InstanceFile;
    assert.equal(this.file.ready, true, 'rind.json says that the instance is not ready');
  }

  /** A token of one account, limited to these projects. */
  async createToken(user: string, projects: readonly string[]): Promise<string> {
    const limits = projects.flatMap((project) => ['--project', project]);
    const args = ['token', 'create', '--user', user, ...limits, '--expires', '1d'];
    const { stdout } = await mustRun(process.execPath, [places.cli, ...args, '--data', this.dataDir], {
      environment: machineEnvironment(),
    });
    const token = stdout.trim();
    assert.match(token, /^pypi-[A-Za-z0-9_-]+$/, 'rind token create prints the token alone');
    return token;
  }

  /** Runs `rind …` against this instance. */
  rind(args: readonly string[]): Promise<Outcome> {
    return runCommand(process.execPath, [places.cli, ...args, '--data', this.dataDir], {
      environment: machineEnvironment(),
    });
  }

  /** Waits until the upload with this content can be verified by clients. */
  async waitVerifiable(sha256: string): Promise<void> {
    const answer = await fetch(`${this.file.url}/api/v1/uploads?sha256=${sha256}&wait=60`);
    const receipt = (await answer.json()) as { state?: string; code?: string };
    assert.equal(receipt.state, 'verifiable', `receipt ${answer.status} ${JSON.stringify(receipt)}`);
  }
}

/** `rind …` away from any instance. */
export function runRind(args: readonly string[]): Promise<Outcome> {
  return runCommand(process.execPath, [places.cli, ...args], { environment: machineEnvironment() });
}

export interface RunningSupervisor {
  readonly instance: Instance;
  /** SIGTERM; answers the exit code, null when it had to be killed. */
  stop(): Promise<number | null>;
}

/** Starts an instance of its own on free ports, and waits until it takes uploads. */
export async function startInstance(dataDir: string, timeoutMs = 300_000): Promise<RunningSupervisor> {
  const args = [places.supervisor, '--data', dataDir, '--port', '0', '--no-demo'];
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: machineEnvironment(),
  });
  const said: string[] = [];
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk.toString('utf8')));
  try {
    await readyLine(child, timeoutMs, said);
    return { instance: new Instance(dataDir), stop: () => stopChild(child, 60_000) };
  } catch (error) {
    await stopChild(child, 20_000);
    throw new Error(`the instance did not start: ${(error as Error).message}`, { cause: error });
  }
}

function readyLine(child: ChildProcess, timeoutMs: number, said: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (problem: string): void => reject(new Error(`${problem}\n${said.join('').slice(-2_000)}`));
    const timer = setTimeout(() => fail(`not ready within ${timeoutMs} ms`), timeoutMs);
    let text = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8');
      if (!/^RIND READY /m.test(text)) return;
      clearTimeout(timer);
      resolve();
    });
    child.on('error', (error) => fail(error.message));
    child.on('exit', (code, signal) => {
      clearTimeout(timer);
      fail(`exited with ${code ?? signal}`);
    });
  });
}

function stopChild(child: ChildProcess, timeoutMs: number): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
    child.once('exit', (code) => {
      clearTimeout(timer);
      resolve(code);
    });
    child.kill('SIGTERM');
  });
}
