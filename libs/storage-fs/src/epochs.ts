/**
 * Generations are kept in epochs, `commits/<key>/<epoch>/<generation>`, so that old ones can go without
 * their numbers ever coming free. Invariants, by induction over the epochs:
 *
 * 1. `commits/<key>` is created once, by renaming a private directory that already holds epoch 0 (a rename
 *    never replaces a directory with something in it), and is never removed.
 * 2. Epoch n+1 is created only by renaming a directory made *inside* epoch n: it needs epoch n to exist.
 * 3. Epochs go oldest first, whole, by one rename out of the tree, and never the two newest.
 *
 * So a pruned epoch cannot come back: epoch 0 by 1 and 3; epoch n+1 because epoch n went before it and,
 * by induction, is gone for good. A writer that sleeps through all that finds no folder to claim in.
 */
import { join } from 'node:path';
import type { Randomness } from '@rind/kernel';
import type { CommitDisk } from './commit-disk.ts';
import { privatePath } from './layout.ts';
import type { Layout } from './layout.ts';

const NUMBER = /^(?:0|[1-9][0-9]{0,14})$/;
/** Behind the newest epoch, which may still be empty, the one before must stay: it holds the newest generation. */
const MIN_KEPT = 1;

export class Epochs {
  private readonly layout: Layout;
  private readonly disk: CommitDisk;
  private readonly randomness: Randomness;
  /** Generations in an epoch. Every process on the same folder must use the same. */
  private readonly size: number;

  constructor(layout: Layout, disk: CommitDisk, randomness: Randomness, size: number) {
    this.layout = layout;
    this.disk = disk;
    this.randomness = randomness;
    this.size = size;
  }

  /** Folder of a generation (counted from 1). */
  pathOf(key: string, generation: number): string {
    return join(this.epochPath(key, this.epochOf(generation)), String(generation));
  }

  /** The greatest generation that is there; 0 when there is none. A claim that happens meanwhile may be missed. */
  async newest(key: string): Promise<number> {
    const epoch = greatest(await this.disk.names(this.layout.commitsOf(key)));
    if (epoch === null) return 0;
    const inEpoch = greatest(await this.disk.names(this.epochPath(key, epoch)));
    return inEpoch ?? epoch * this.size;
  }

  /**
   * True if at one moment during the call `generation` was the newest. The order of the look-ups matters:
   * `generation + 1` missing and then `generation` there cannot be the work of pruning, which takes it first.
   */
  async isNewest(key: string, generation: number): Promise<boolean> {
    if (generation === 0 && !(await this.disk.exists(this.layout.commitsOf(key)))) return true;
    if (await this.disk.exists(this.pathOf(key, generation + 1))) return false;
    return this.disk.exists(generation === 0 ? this.epochPath(key, 0) : this.pathOf(key, generation));
  }

  /** Makes the epoch in which `generation` belongs, unless it is there or was pruned. */
  async prepare(key: string, generation: number): Promise<void> {
    const epoch = this.epochOf(generation);
    if (epoch === 0) return this.createFirst(key);
    const inside = privatePath(this.epochPath(key, epoch - 1), 'next', this.randomness);
    if ((await this.disk.makeDir(inside)) === 'gone') return;
    if ((await this.disk.rename(inside, this.epochPath(key, epoch))) !== 'done') {
      return this.disk.removeEmpty(inside);
    }
    await this.disk.syncDir(this.layout.commitsOf(key));
    await this.prune(key, MIN_KEPT);
  }

  /** Makes a claim in the epoch of `generation` durable. */
  async sync(key: string, generation: number): Promise<void> {
    await this.disk.syncDir(this.epochPath(key, this.epochOf(generation)));
  }

  /** Removes all epochs but the newest and `keptEpochs` (at least one) before it. */
  async prune(key: string, keptEpochs: number): Promise<void> {
    const epochs = numbers(await this.disk.names(this.layout.commitsOf(key)));
    const boundary = (epochs.at(-1) ?? 0) - Math.max(keptEpochs, MIN_KEPT);
    for (const epoch of epochs.filter((each) => each < boundary)) {
      // Listings may miss a name: the one before must be gone for certain.
      if (epoch > 0 && (await this.disk.exists(this.epochPath(key, epoch - 1)))) return;
      const away = privatePath(this.layout.tmp, 'pruned', this.randomness);
      if ((await this.disk.rename(this.epochPath(key, epoch), away)) === 'done')
        await this.disk.removeTree(away);
    }
  }

  private async createFirst(key: string): Promise<void> {
    const dir = privatePath(this.layout.tmp, 'first', this.randomness);
    await this.disk.makeDir(dir);
    await this.disk.makeDir(join(dir, '0'));
    await this.disk.syncDir(dir);
    if ((await this.disk.rename(dir, this.layout.commitsOf(key))) !== 'done')
      return this.disk.removeTree(dir);
    await this.disk.syncDir(this.layout.commits);
  }

  private epochOf(generation: number): number {
    return Math.floor((generation - 1) / this.size);
  }

  private epochPath(key: string, epoch: number): string {
    return join(this.layout.commitsOf(key), String(epoch));
  }
}

function numbers(names: readonly string[] | null): number[] {
  return (names ?? [])
    .filter((name) => NUMBER.test(name))
    .map(Number)
    .toSorted((a, b) => a - b);
}

function greatest(names: readonly string[] | null): number | null {
  return numbers(names).at(-1) ?? null;
}
