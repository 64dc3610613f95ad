/**
 * Compare-and-swap of a file, across processes that may stop at any instruction and wake up at any time.
 *
 * Each state of an object is a generation, numbered from 1, with a directory of its own under `.rind/commits`:
 *
 *     record.<hash>   the bytes; <hash> is the SHA-256 of the visible bytes they replace, or `none`
 *     pending         the same inode; renamed to the visible name, which takes it away from here
 *
 * A writer whose tag names generation G
 * 1. prepares that directory privately, both names and the bytes durable (`store.replace.prepared`);
 * 2. renames it to `<G+1>`. A rename never replaces a directory with something in it, and `record` stays as
 *    long as the epoch (epochs.ts): of all writers with the tag G one succeeds, and nobody after it, ever.
 *    THIS IS THE COMMIT POINT (`store.replace.claimed`);
 * 3. makes the claim durable (`store.replace.durable`), compares the visible bytes with `<hash>`
 *    (`store.replace.compared`) and renames `pending` over the visible name (`store.replace.visible`).
 *
 * Whoever meets a generation with `pending` does step 3 in its owner's place; readers do so before they read,
 * writers before they claim.
 *
 * Invariants
 * 1. `<G+1>` is claimed only when `<G>/pending` has been consumed, and it never comes back: the names of a
 *    generation are made before the claim, and a generation is claimed once.
 * 2. So the visible name receives the generations in order, each at most once: the rename that makes G
 *    visible consumes `<G>/pending`, and a process that wakes up before that rename finds nothing to rename.
 * 3. Hence the visible file never goes back, and neither does a copy of `metadata/` and `targets/`.
 * 4. A tag names a generation and the hash of its bytes; only one claim of the next can succeed.
 *
 * Where a writer may sleep, and what it finds if others went on: before 2, `<G+1>` is taken, or its epoch was
 * pruned and the rename has no target folder; before or within 3, `pending` is gone. In no case does it write.
 *
 * The comparison in step 3 is for what the protocol does not control: the object was deleted after the tag was
 * given, or the folder was copied while it changed (so that an old `pending` lies beside a newer visible file).
 * In a folder that only this protocol touches, the visible bytes are `<hash>` as long as `pending` is there.
 * If they are not, the generation is set aside (`pending` renamed to `set-aside`) and its writer has lost.
 * A generation that creates (`none`) is linked instead of renamed, so that it cannot replace what `putNew`
 * put there in between.
 *
 * After a power cut the visible file may be one generation behind what was seen just before; the claim is
 * durable, and the first reader or writer through the store completes it.
 *
 * Needs: a local POSIX file system with hard links. Cost: four barriers for each replacement.
 */
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Randomness } from '@rind/kernel';
import { StorageError } from '@rind/storage-port';
import type { Tag } from '@rind/storage-port';
import type { Pause } from './checkpoints.ts';
import type { CommitDisk } from './commit-disk.ts';
import { Epochs } from './epochs.ts';
import { sha256Hex } from './file-hash.ts';
import { privatePath } from './layout.ts';
import type { Layout } from './layout.ts';

const RECORD = 'record.';
const PENDING = 'pending';
const SET_ASIDE = 'set-aside';
/** Stands for the hash of an object that is not there. */
const NONE = 'none';
const TAG = /^(0|[1-9][0-9]{0,14})-([0-9a-f]{64})$/;
/** Settling starts over when others went on meanwhile; this often in a row means that the records are damaged. */
const MAX_ATTEMPTS = 1_000;

export interface GenerationsOptions {
  readonly layout: Layout;
  readonly disk: CommitDisk;
  readonly randomness: Randomness;
  readonly pause: Pause;
  readonly epochSize: number;
}

/** One state of the visible object: `hash` is the SHA-256 of its bytes, or `none`. */
interface Base {
  readonly generation: number;
  readonly hash: string;
}

export class Generations {
  private readonly layout: Layout;
  private readonly disk: CommitDisk;
  private readonly randomness: Randomness;
  private readonly pause: Pause;
  private readonly epochs: Epochs;

  constructor(options: GenerationsOptions) {
    this.layout = options.layout;
    this.disk = options.disk;
    this.randomness = options.randomness;
    this.pause = options.pause;
    this.epochs = new Epochs(options.layout, options.disk, options.randomness, options.epochSize);
  }

  /** Completes what was claimed and not made visible. Objects that were never replaced cost one look-up. */
  async settle(key: string): Promise<number> {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const generation = await this.epochs.newest(key);
      if (generation > 0) await this.complete(key, generation);
      if (await this.epochs.isNewest(key, generation)) return generation;
    }
    throw new StorageError('store.unavailable', 'the commit records are damaged', { key });
  }

  /** Reads the visible object and the tag that belongs to exactly those bytes; null when there is none. */
  async read<Found extends Uint8Array>(
    key: string,
    readVisible: () => Promise<Found | null>,
  ): Promise<{ bytes: Found; tag: Tag } | null> {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const generation = await this.settle(key);
      const bytes = await readVisible();
      // The visible bytes change only after the next claim: no claim yet, no change during the read.
      if (!(await this.epochs.isNewest(key, generation))) continue;
      return bytes && { bytes, tag: tagOf({ generation, hash: sha256Hex(bytes) }) };
    }
    throw new StorageError('store.unavailable', 'the object changed during every attempt to read it', {
      key,
    });
  }

  /** The compare-and-swap (see above). */
  async replace(key: string, bytes: Uint8Array, tag: Tag | null): Promise<Tag> {
    const visible = this.layout.objectPath(key);
    const base = tag === null ? { generation: await this.settle(key), hash: NONE } : parseTag(key, tag);
    if (!(await this.epochs.isNewest(key, base.generation))) throw lost(key);
    if (base.generation > 0) await this.complete(key, base.generation);
    if (hashOf(await this.disk.read(visible)) !== base.hash) throw lost(key);
    await mkdir(dirname(visible), { recursive: true });
    const generation = base.generation + 1;
    await this.claim(key, generation, await this.draft(bytes, base.hash));
    await this.pause('store.replace.claimed');
    if ((await this.completeOwn(key, generation)) === SET_ASIDE) throw lost(key);
    return tagOf({ generation, hash: sha256Hex(bytes) });
  }

  async prune(key: string, keptEpochs: number): Promise<void> {
    await this.epochs.prune(key, keptEpochs);
  }

  /** Step 1: the directory of a generation under a private name. */
  private async draft(bytes: Uint8Array, baseHash: string): Promise<string> {
    const dir = privatePath(this.layout.tmp, 'claim', this.randomness);
    try {
      await this.disk.makeDir(dir);
      await this.disk.create(join(dir, RECORD + baseHash), bytes);
      await this.disk.link(join(dir, RECORD + baseHash), join(dir, PENDING));
      await this.disk.syncDir(dir);
    } catch (error) {
      await this.disk.removeTree(dir);
      throw error;
    }
    await this.pause('store.replace.prepared');
    return dir;
  }

  /** Step 2. */
  private async claim(key: string, generation: number, draft: string): Promise<void> {
    const path = this.epochs.pathOf(key, generation);
    try {
      let outcome = await this.disk.rename(draft, path);
      if (outcome === 'gone') {
        await this.epochs.prepare(key, generation);
        outcome = await this.disk.rename(draft, path);
      }
      if (outcome === 'done') return;
      if (!(await this.disk.exists(draft))) {
        throw new StorageError('store.unavailable', 'slept for so long that the draft was swept', { key });
      }
      throw lost(key);
    } catch (error) {
      await this.disk.removeTree(draft);
      throw error;
    }
  }

  /** After the claim no failure may sound as if nothing had happened. */
  private async completeOwn(key: string, generation: number): Promise<'visible' | typeof SET_ASIDE> {
    try {
      return await this.complete(key, generation);
    } catch (cause) {
      throw new StorageError('store.unavailable', 'claimed, and not made visible yet', { key }, { cause });
    }
  }

  /** Step 3, for whichever process comes first. Afterwards `pending` of this generation is consumed. */
  private async complete(key: string, generation: number): Promise<'visible' | typeof SET_ASIDE> {
    const dir = this.epochs.pathOf(key, generation);
    const pending = join(dir, PENDING);
    const visible = this.layout.objectPath(key);
    for (;;) {
      const names = (await this.disk.names(dir)) ?? [];
      if (names.includes(SET_ASIDE)) return SET_ASIDE;
      const record = names.find((name) => name.startsWith(RECORD));
      if (record === undefined || !names.includes(PENDING)) return 'visible';
      await this.epochs.sync(key, generation);
      await this.pause('store.replace.durable');
      const bytes = await this.disk.read(join(dir, record));
      const found = hashOf(await this.disk.read(visible));
      await this.pause('store.replace.compared');
      if (found === hashOf(bytes)) await this.disk.unlink(pending);
      else if (RECORD + found !== record) await this.disk.rename(pending, join(dir, SET_ASIDE));
      else if (found === NONE) await this.disk.link(pending, visible);
      else await this.disk.rename(pending, visible);
      await this.pause('store.replace.visible');
      await this.disk.syncDir(dirname(visible));
    }
  }
}

function hashOf(bytes: Uint8Array | null): string {
  return bytes === null ? NONE : sha256Hex(bytes);
}

function tagOf(base: Base): Tag {
  return `${base.generation}-${base.hash}` as Tag;
}

function parseTag(key: string, tag: Tag): Base {
  const parts = TAG.exec(tag);
  if (parts === null) throw lost(key);
  return { generation: Number(parts[1]), hash: parts[2]! };
}

function lost(key: string): StorageError {
  return new StorageError('store.precondition-failed', 'the object is no longer what the tag names', { key });
}
