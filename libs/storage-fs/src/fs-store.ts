import { closeSync, fsyncSync, mkdirSync, openSync } from 'node:fs';
import { unlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { systemClock, systemRandomness } from '@rind/kernel';
import type { Checkpoint, Clock, Randomness } from '@rind/kernel';
import type {
  ByteRange,
  ObjectBody,
  ObjectStat,
  ObjectStore,
  OpenedObject,
  PutOutcome,
  StoredObject,
  Tag,
} from '@rind/storage-port';
import type { Pause } from './checkpoints.ts';
import { nodeDisk } from './commit-disk.ts';
import { syncObjects } from './durability.ts';
import { asStorageError, isAbsent, naming } from './errno.ts';
import { Generations } from './generations.ts';
import { AREAS, layoutOf } from './layout.ts';
import type { Layout } from './layout.ts';
import { listKeys } from './listing.ts';
import { putNew } from './put-new.ts';
import { hashedFile, openRange, readBounded } from './reading.ts';
import { sweepDrafts } from './sweep.ts';

/** Part of the layout on disk: changing it breaks existing folders. */
const EPOCH_SIZE = 1_024;

export interface FsStoreOptions {
  /** Folder of the store; created when missing. Serve `metadata/` and `targets/` in it, never `.rind/`. */
  readonly root: string;
  readonly randomness?: Randomness;
  /** Tells how old left-over drafts are. */
  readonly clock?: Clock;
  /** Called at each of {@link FS_STORE_POINTS}. */
  readonly checkpoint?: Checkpoint;
}

/** An object store in a folder that any number of processes may have open. */
export interface FsStore extends ObjectStore {
  /**
   * Forgets the records of old replacements of an object, 1,024 at a time, all but the newest block and
   * `keptEpochs` (at least one) before it. `replaceIf` does so by itself, keeping one.
   */
  pruneCommits(key: string, keptEpochs: number): Promise<void>;
}

/** Opens (and first creates) the store in a folder. Throws `store.unavailable` or `store.full`. */
export function openFsStore(options: FsStoreOptions): FsStore {
  const layout = layoutOf(resolve(options.root));
  const randomness = options.randomness ?? systemRandomness;
  try {
    createFolders(layout);
    sweepDrafts(layout, options.clock ?? systemClock(), randomness);
  } catch (error) {
    throw asStorageError('', error);
  }
  return new DirectoryStore(layout, randomness, options.checkpoint ?? (() => {}));
}

class DirectoryStore implements FsStore {
  private readonly layout: Layout;
  private readonly randomness: Randomness;
  private readonly pause: Pause;
  private readonly generations: Generations;

  constructor(layout: Layout, randomness: Randomness, pause: Pause) {
    this.layout = layout;
    this.randomness = randomness;
    this.pause = pause;
    this.generations = new Generations({ layout, disk: nodeDisk, randomness, pause, epochSize: EPOCH_SIZE });
  }

  async putNew(key: string, body: ObjectBody): Promise<PutOutcome> {
    return putNew(this.layout, key, body, this.randomness, this.pause);
  }

  async replaceIf(key: string, bytes: Uint8Array, tag: Tag | null): Promise<Tag> {
    return naming(key, () => this.generations.replace(key, bytes, tag));
  }

  async get(key: string, maxBytes: number): Promise<StoredObject | null> {
    const path = this.layout.objectPath(key);
    return naming(key, () => this.generations.read(key, () => readBounded(path, key, maxBytes)));
  }

  async open(key: string, range?: ByteRange): Promise<OpenedObject | null> {
    const path = this.layout.objectPath(key);
    return naming(key, async () => {
      await this.generations.settle(key);
      return openRange(path, range);
    });
  }

  async stat(key: string): Promise<ObjectStat | null> {
    const path = this.layout.objectPath(key);
    return naming(key, async () => {
      await this.generations.settle(key);
      return hashedFile(path);
    });
  }

  list(prefix: string): AsyncIterable<string> {
    return listKeys(this.layout.root, prefix);
  }

  async delete(key: string): Promise<void> {
    const path = this.layout.objectPath(key);
    await naming(key, async () => {
      // A claimed state must not appear after the deletion.
      await this.generations.settle(key);
      try {
        await unlink(path);
      } catch (error) {
        if (!isAbsent(error)) throw error;
      }
    });
  }

  async sync(keys: readonly string[]): Promise<void> {
    await naming(keys[0] ?? '', () => syncObjects(this.layout, keys));
    await this.pause('store.sync.done');
  }

  async pruneCommits(key: string, keptEpochs: number): Promise<void> {
    await naming(key, () => this.generations.prune(key, keptEpochs));
  }
}

function createFolders(layout: Layout): void {
  for (const area of AREAS) mkdirSync(join(layout.root, area), { recursive: true, mode: 0o755 });
  for (const dir of [layout.tmp, layout.commits]) mkdirSync(dir, { recursive: true, mode: 0o700 });
  for (const dir of [join(layout.root, '.rind'), layout.root]) {
    const descriptor = openSync(dir, 'r');
    try {
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  }
}
