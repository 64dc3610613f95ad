import type { ObjectStore } from '@rind/storage-port';

interface Waiting {
  readonly key: string;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Makes objects durable together: one `sync` at a time, and what comes meanwhile shares the next. A single upload waits
 * no longer for it; a burst costs one barrier instead of one each.
 */
export class GroupSync {
  private readonly store: Pick<ObjectStore, 'sync'>;
  private waiting: Waiting[] = [];
  private running = false;

  constructor(store: Pick<ObjectStore, 'sync'>) {
    this.store = store;
  }

  /** Resolves when an object that was put before this call survives a power cut. @throws StorageError */
  durable(key: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ key, resolve, reject });
      if (!this.running) void this.run();
    });
  }

  private async run(): Promise<void> {
    this.running = true;
    while (this.waiting.length > 0) {
      const group = this.waiting;
      this.waiting = [];
      try {
        await this.store.sync([...new Set(group.map(({ key }) => key))]);
        for (const { resolve } of group) resolve();
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    this.running = false;
  }
}
