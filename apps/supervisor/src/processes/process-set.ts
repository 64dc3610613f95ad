import { fileURLToPath } from 'node:url';
import { CurrentFile } from '../instance/current-file.ts';
import type { DataDir } from '../instance/data-dir.ts';
import { SupervisorError } from '../instance/errors.ts';
import { Child } from './child.ts';
import { lockText } from './leftovers.ts';

const readyTimeoutMs = 60_000;

/** The instance's processes, in the order in which they start. */
export class ProcessSet {
  private readonly data: DataDir;
  private readonly changed: () => void;
  private readonly say: (line: string) => void;
  private readonly lockFile: CurrentFile;
  private readonly children: { readonly app: string; readonly child: Child }[] = [];

  constructor(data: DataDir, changed: () => void, say: (line: string) => void) {
    this.data = data;
    this.changed = changed;
    this.say = say;
    this.lockFile = new CurrentFile(data.lockFile, say);
  }

  add(name: string, app: string, env: Readonly<Record<string, string>>, url: string): void {
    const child = new Child(
      { name, entry: entryOf(app), env, logFile: this.data.log(name), url, drainTimeoutMs: 20_000 },
      () => this.onChange(),
      this.say,
    );
    this.children.push({ app, child });
  }

  start(): void {
    // A supervisor that ends unasked takes its children along as far as a signal goes.
    process.once('exit', () => this.children.forEach(({ child }) => child.kill()));
    for (const { child } of this.children) child.start();
  }

  /** Every process answers that it is ready; of the signers one is enough, the others stand by. */
  get allReady(): boolean {
    const others = this.children.filter(({ app }) => app !== 'signer').every(({ child }) => child.ready);
    return others && this.children.some(({ app, child }) => app === 'signer' && child.ready);
  }

  pid(app: string): number | null {
    return this.pids(app)[0] ?? null;
  }

  pids(app: string): (number | null)[] {
    return this.children.filter((one) => one.app === app).map(({ child }) => child.pid);
  }

  /** Resolves when every process answers that it is ready. */
  async ready(): Promise<void> {
    let until = performance.now() + readyTimeoutMs;
    while (!this.allReady) {
      // Mending takes a person, and the database must be there meanwhile.
      if (this.children.some(({ child }) => child.refuses)) until = performance.now() + readyTimeoutMs;
      if (performance.now() > until) {
        const { name, logFile } = this.children.find(({ child }) => !child.ready)!.child.settings;
        throw new SupervisorError('process.not-ready', `${name} did not become ready: see ${logFile}`, {
          process: name,
        });
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** The door first, then what stands behind it. */
  async stop(): Promise<void> {
    for (const { child } of this.children) child.expectEnd();
    for (const app of ['gate', 'warehouse', 'signer', 'auth']) {
      await Promise.all(this.children.filter((one) => one.app === app).map(({ child }) => child.stop()));
    }
  }

  private onChange(): void {
    this.lockFile.write(lockText(this.children.flatMap(({ child }) => child.pid ?? [])));
    this.changed();
  }
}

/** The built entry of an app beside this one. */
function entryOf(app: string): string {
  return fileURLToPath(new URL(`../../../${app}/dist/main.js`, import.meta.url));
}
