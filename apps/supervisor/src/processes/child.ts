import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';

export interface ChildSettings {
  readonly name: string;
  /** The built entry file. */
  readonly entry: string;
  readonly env: Readonly<Record<string, string>>;
  readonly logFile: string;
  readonly url: string;
  readonly drainTimeoutMs: number;
}

const firstBackoffMs = 250;
const maxBackoffMs = 5_000;
const stableMs = 10_000;
/** A signer ends with it when the store and the record contradict each other. */
const refusedExitCode = 4;

/** One process of the instance: started, watched, started again with backoff until it is told to stop. */
export class Child {
  readonly settings: ChildSettings;
  private readonly changed: () => void;
  private readonly say: (line: string) => void;
  private child: ChildProcess | undefined;
  private stopping = false;
  private backoffMs = firstBackoffMs;
  private timer: NodeJS.Timeout | undefined;
  private isReady = false;
  private refused = false;

  /** @param changed called when the process came, went, or became ready */
  constructor(settings: ChildSettings, changed: () => void, say: (line: string) => void) {
    this.settings = settings;
    this.changed = changed;
    this.say = say;
  }

  get pid(): number | null {
    return this.child?.pid ?? null;
  }

  get ready(): boolean {
    return this.isReady;
  }

  /** It ended because a person must look first; it goes on being started. */
  get refuses(): boolean {
    return this.refused;
  }

  start(): void {
    const log = openSync(this.settings.logFile, 'a', 0o600);
    const startedAt = performance.now();
    const child = spawn(process.execPath, ['--enable-source-maps', this.settings.entry], {
      env: this.settings.env,
      stdio: ['ignore', log, log],
      // A group of its own: Ctrl-C reaches the supervisor alone, which stops the others in order.
      detached: true,
    });
    closeSync(log);
    this.child = child;
    child.once('exit', (code, signal) => {
      this.child = undefined;
      this.isReady = false;
      this.changed();
      if (this.stopping) return;
      this.noteRefusal(code === refusedExitCode);
      this.say(`${this.settings.name} (pid ${child.pid}) ended with ${signal ?? code}: starting it again`);
      this.backoffMs =
        performance.now() - startedAt > stableMs
          ? firstBackoffMs
          : Math.min(maxBackoffMs, this.backoffMs * 2);
      this.timer = setTimeout(() => this.start(), this.backoffMs);
    });
    this.changed();
    void this.watchReady(child);
  }

  private noteRefusal(refused: boolean): void {
    if (refused && !this.refused) {
      this.say(`${this.settings.name} refuses to go on from what is published: look with npx rind status`);
    }
    this.refused = refused;
  }

  /** From here on an end is an end. */
  expectEnd(): void {
    this.stopping = true;
    clearTimeout(this.timer);
  }

  /** SIGTERM, then SIGKILL when it does not drain in time. */
  async stop(): Promise<void> {
    this.expectEnd();
    const { child } = this;
    if (child === undefined || child.exitCode !== null) return;
    const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill('SIGTERM');
    // A process that a test stopped cannot drain before it goes on.
    child.kill('SIGCONT');
    const timer = setTimeout(() => child.kill('SIGKILL'), this.settings.drainTimeoutMs);
    await exited;
    clearTimeout(timer);
  }

  /** SIGTERM and nothing else: for the last moment of a supervisor. */
  kill(): void {
    this.child?.kill('SIGTERM');
  }

  private async watchReady(child: ChildProcess): Promise<void> {
    while (this.child === child && child.exitCode === null && !this.stopping) {
      const ready = await isReady(this.settings.url);
      if (this.child === child && ready !== this.isReady) {
        this.isReady = ready;
        if (ready) this.refused = false;
        this.changed();
      }
      await new Promise((resolve) => setTimeout(resolve, this.isReady ? 1_000 : 50));
    }
  }
}

async function isReady(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2_000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}
