import { readFileSync } from 'node:fs';
import { Updater } from '@rind/client';
import { HttpFetcher } from '@rind/client-node';
import type { MetadataStore } from '@rind/client-port';
import { systemClock } from '@rind/kernel';
import type { TargetPath } from '@rind/kernel';
import type { InstanceFile } from './instance.ts';

/** What a client keeps between two refreshes. */
export type ClientMemory = Map<string, Uint8Array>;

/**
 * Clients that refresh without a pause and without a second try: one with a cache that grows old with it, and one
 * that is new each time and begins at root 1. Each refresh looks up a target of every project it was told of.
 */
export class RefreshingClients {
  readonly failures: unknown[] = [];
  /** Rounds of each of the two. */
  readonly rounds = [0, 0];
  private readonly file: InstanceFile;
  private readonly bootstrapRoot: Uint8Array;
  private readonly known: TargetPath[] = [];
  private running = true;
  private readonly loops: Promise<void>[];

  constructor(file: InstanceFile) {
    this.file = file;
    this.bootstrapRoot = readFileSync(file.root);
    const memory: ClientMemory = new Map();
    this.loops = [this.loop(0, () => memory), this.loop(1, () => new Map())];
  }

  /** From the next refresh on, this target must be there. */
  know(path: string): void {
    this.known.push(path as TargetPath);
  }

  /** Waits until both have made so many rounds more. */
  async awaitRounds(count: number): Promise<void> {
    const goal = this.rounds.map((rounds) => rounds + count + 1);
    while (this.running && goal.some((rounds, i) => this.rounds[i]! < rounds)) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  async stop(): Promise<void> {
    this.running = false;
    await Promise.all(this.loops);
  }

  private async loop(index: number, memoryOf: () => ClientMemory): Promise<void> {
    while (this.running) {
      const known = [...this.known];
      try {
        const updater = updaterOf(this.file, memoryOf(), this.bootstrapRoot);
        await updater.refresh();
        const path = known[this.rounds[index]! % Math.max(1, known.length)];
        if (path !== undefined && (await updater.findTarget(path)) === null) throw new Error(`lost ${path}`);
      } catch (error) {
        this.failures.push(error);
      }
      this.rounds[index]!++;
    }
  }
}

/** A client whose trust begins at `bootstrapRoot`; no request is made twice. */
export function updaterOf(
  file: Pick<InstanceFile, 'metadata' | 'targets'>,
  memory: ClientMemory,
  bootstrapRoot: Uint8Array,
): Updater {
  const store: MetadataStore = {
    read: async (role) => memory.get(role) ?? null,
    write: async (role, bytes) => void memory.set(role, bytes),
    delete: async (role) => void memory.delete(role),
  };
  return new Updater({
    fetcher: new HttpFetcher({ retry: { retries: 0 } }),
    store,
    clock: systemClock(),
    metadataUrl: file.metadata,
    targetsUrl: file.targets,
    bootstrapRoot,
  });
}
