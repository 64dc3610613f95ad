import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BucketServer } from './bucket.ts';
import { RunningInstance } from './instance.ts';
import { rind } from './rind-command.ts';
import type { CommandOutcome } from './rind-command.ts';
import { objectsOfBucket, objectsOfFolder } from './stored-objects.ts';
import type { StoredObjects } from './stored-objects.ts';

export const storeKinds = ['fs', 's3'] as const;
export type StoreKind = (typeof storeKinds)[number];

type Environment = Readonly<Record<string, string>>;

const prefix = 'index/';

interface Store {
  readonly objects: StoredObjects;
  /** Variables for a start. */
  readonly env: Environment;
  /** Those of them that no data folder remembers: what an operator's command needs. */
  readonly credentials: Environment;
  /** Ends what serves it; its objects stay. */
  close(): Promise<void>;
  /** Where its objects lie. */
  readonly folder: string;
}

/** A data folder and the store that its instances publish to, one after the other. */
export class Site {
  readonly kind: StoreKind;
  readonly dataDir: string;
  private readonly opened: Store;

  private constructor(kind: StoreKind, dataDir: string, opened: Store) {
    this.kind = kind;
    this.dataDir = dataDir;
    this.opened = opened;
  }

  /** A new one; with `s3`, a bucket of a server of its own. */
  static async create(kind: StoreKind): Promise<Site> {
    const dataDir = mkdtempSync(join(tmpdir(), `rind-${kind}-`));
    return new Site(kind, dataDir, kind === 'fs' ? folderStore(dataDir) : await bucketStore());
  }

  get objects(): StoredObjects {
    return this.opened.objects;
  }

  /** @param signal ends the instance, also in the middle of its start */
  async start(env: Environment = {}, signal?: AbortSignal): Promise<RunningInstance> {
    signal?.throwIfAborted();
    return RunningInstance.start({
      dataDir: this.dataDir,
      args: ['--bins', '64', '--store', this.kind],
      env: { ...this.opened.env, ...env },
      ...(signal === undefined ? {} : { signal }),
    });
  }

  /** A command of the operator on the instance, with --json. */
  rind(...args: readonly string[]): Promise<CommandOutcome> {
    return rind([...args, '--data', this.dataDir, '--json'], { env: this.opened.credentials });
  }

  /** Ends it after its last instance, and leaves what there is to look at: in these folders. */
  async close(): Promise<readonly string[]> {
    await this.opened.close();
    return [this.dataDir, this.opened.folder];
  }

  /** Ends it after its last instance, and deletes all of it. */
  async destroy(): Promise<void> {
    for (const folder of await this.close()) rmSync(folder, { recursive: true, force: true });
  }
}

function folderStore(dataDir: string): Store {
  const folder = join(dataDir, 'store');
  return { objects: objectsOfFolder(folder), env: {}, credentials: {}, close: async () => {}, folder };
}

async function bucketStore(): Promise<Store> {
  const bucket = await BucketServer.start();
  const store = bucket.store(prefix);
  return {
    objects: objectsOfBucket(store),
    env: bucket.env(prefix),
    credentials: bucket.credentials,
    async close() {
      await store.close();
      await bucket.server.stop();
    },
    folder: bucket.folder,
  };
}
