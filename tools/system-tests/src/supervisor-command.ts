import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { clusterFolder, runAs } from '@rind/embedded-postgres';
import type { InstanceFile } from './instance.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const entry = join(root, 'apps/supervisor/dist/main.js');

export interface StartOutcome {
  /** Null after a signal. */
  readonly exitCode: number | null;
  readonly printed: string;
}

/** `npm start` after it has built, on a data folder: nothing is awaited, so that a start can be refused or killed. */
export class SupervisorCommand {
  readonly dataDir: string;
  readonly exited: Promise<StartOutcome>;
  private readonly child: ChildProcess;
  private readonly startedAt = performance.now();
  private output = '';

  constructor(dataDir: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.dataDir = dataDir;
    this.child = spawn(process.execPath, ['--enable-source-maps', entry, '--data', dataDir, ...args], {
      cwd: root,
      env: { ...process.env, NODE_OPTIONS: '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.child.stdout!, this.child.stderr!]) {
      stream.setEncoding('utf8').on('data', (chunk: string) => (this.output += chunk));
    }
    this.exited = new Promise((resolve) => {
      this.child.once('close', (exitCode) => resolve({ exitCode, printed: this.output }));
    });
  }

  /** A start that ends by itself. */
  static run(dataDir: string, ...args: readonly string[]): Promise<StartOutcome> {
    return new SupervisorCommand(dataDir, args).exited;
  }

  get pid(): number {
    return this.child.pid!;
  }

  get printed(): string {
    return this.output;
  }

  get file(): InstanceFile {
    return JSON.parse(readFileSync(join(this.dataDir, 'rind.json'), 'utf8')) as InstanceFile;
  }

  /** Waits for the line that says so; answers how long the start took. */
  async ready(timeoutMs = 120_000): Promise<number> {
    await this.until('ready', () => this.output.includes('RIND READY '), timeoutMs);
    return performance.now() - this.startedAt;
  }

  async until(what: string, holds: () => boolean | Promise<boolean>, timeoutMs = 30_000): Promise<void> {
    const end = performance.now() + timeoutMs;
    while (!(await holds())) {
      const over = this.child.exitCode !== null || this.child.signalCode !== null;
      if (over || performance.now() > end) throw new Error(`${what}: ${this.output.slice(-2_000)}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  signal(name: NodeJS.Signals): Promise<StartOutcome> {
    this.child.kill(name);
    return this.exited;
  }
}

/** Every process that has to do with a data folder: by its arguments, its environment, or where it works. */
export function processesOf(dataDir: string): number[] {
  const places = [dataDir, clusterFolder(join(dataDir, 'postgres'), runAs())];
  const text = (path: string): string => (existsSync(path) ? readFileSync(path, 'latin1') : '');
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((name) => {
      try {
        const about = [text(`/proc/${name}/cmdline`), text(`/proc/${name}/environ`)];
        const working = readlinkSync(`/proc/${name}/cwd`);
        return places.some((place) => [...about, working].some((one) => one.includes(place)));
      } catch {
        return false;
      }
    })
    .map(Number);
}
