import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { trustAuthority } from '@rind/client-node';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const supervisor = join(root, 'apps/supervisor/dist/main.js');

/** What a test reads of `rind.json`. */
export interface InstanceFile {
  readonly ready: boolean;
  readonly url: string;
  readonly upload: string;
  readonly metadata: string;
  readonly targets: string;
  /** Where people meet auth in their browsers. */
  readonly auth: string;
  /** The development mailbox. */
  readonly mail: string;
  readonly root: string;
  /** Whom to trust for `url`, where that is https. */
  readonly ca: string | null;
  readonly token: string;
  /** The demo author, who can sign in. */
  readonly user: string;
  readonly password: string;
  readonly repository: string;
  readonly store: { readonly path: string };
  readonly db: { readonly warehouse: string; readonly signer: string; readonly auth: string };
  readonly endpoints: {
    readonly gate: string;
    readonly warehouse: string;
    readonly auth: string;
    readonly signer: readonly string[];
  };
  readonly processes: {
    readonly supervisor: number;
    readonly postgres: number;
    readonly gate: number | null;
    readonly warehouse: number | null;
    readonly auth: number | null;
    readonly signer: readonly (number | null)[];
  };
  readonly operator: {
    readonly authSecret: string;
    readonly keyFile: string;
    readonly passphraseFile: string;
  };
}

export interface InstanceOptions {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** A folder to start again on; otherwise a new one that `destroy` deletes. */
  readonly dataDir?: string;
  /** Ends the instance, also in the middle of its start. */
  readonly signal?: AbortSignal;
}

/** A whole Rind, started as `npm start` does, with few bins so that its ceremony takes no time. */
export class RunningInstance {
  readonly dataDir: string;
  private readonly child: ChildProcess;
  private readonly output: string[] = [];

  private constructor(dataDir: string, child: ChildProcess) {
    this.dataDir = dataDir;
    this.child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => this.output.push(chunk.toString()));
    }
  }

  static async start(options: InstanceOptions = {}): Promise<RunningInstance> {
    const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'rind-instance-'));
    chmodSync(dataDir, 0o755);
    const args = ['--data', dataDir, '--port', '0', '--no-demo', ...(options.args ?? ['--bins', '64'])];
    const child = spawn(process.execPath, ['--enable-source-maps', supervisor, ...args], {
      cwd: root,
      env: { ...process.env, NODE_OPTIONS: '', ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const instance = new RunningInstance(dataDir, child);
    options.signal?.addEventListener('abort', () => child.kill('SIGTERM'));
    try {
      await instance.until('ready', () => instance.printed.includes('RIND READY'), 90_000);
      const { ca } = instance.file;
      if (ca !== null) trustAuthority(ca);
    } catch (error) {
      await instance.stop();
      throw error;
    }
    return instance;
  }

  get file(): InstanceFile {
    return JSON.parse(readFileSync(join(this.dataDir, 'rind.json'), 'utf8')) as InstanceFile;
  }

  /** What the supervisor printed so far. */
  get printed(): string {
    return this.output.join('');
  }

  get pid(): number {
    return this.child.pid!;
  }

  log(process: string): string {
    const path = join(this.dataDir, 'logs', `${process}.log`);
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  }

  /** Waits until `holds`, or fails with what the instance printed. */
  async until(what: string, holds: () => boolean | Promise<boolean>, timeoutMs = 30_000): Promise<void> {
    const end = performance.now() + timeoutMs;
    while (!(await holds())) {
      if (this.child.exitCode !== null || performance.now() > end) {
        throw new Error(`${what}: exit ${this.child.exitCode}; ${this.printed.slice(-2_000)}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }

  /** Waits until every process is ready again after one was killed. */
  ready(): Promise<void> {
    return this.until('ready again', () => this.file.ready);
  }

  /** SIGTERM; answers the exit code. */
  async stop(): Promise<number | null> {
    if (this.child.exitCode !== null) return this.child.exitCode;
    const exited = new Promise<number | null>((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGTERM');
    return exited;
  }

  async destroy(): Promise<void> {
    await this.stop();
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}
