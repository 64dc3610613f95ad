import { packageObjectKey } from '@rind/index-model';
import { isRindError } from '@rind/kernel';
import type { Checkpoint, ProjectName } from '@rind/kernel';
import type { GarbageLog, GonePackage } from '@rind/queue-port';
import { isNeeded, namedObjectOf, nothingArchived } from '@rind/repository';
import type { ArchivedReferences, LiveReferences, NamedObject } from '@rind/repository';
import type { ObjectStore } from '@rind/storage-port';
import { runBounded } from '../bounded.ts';
import type { PublishedState } from '../published/published-state.ts';
import { isPassing } from '../publishing/passing-errors.ts';
import { readDailySnapshots } from './daily-snapshots.ts';
import { newTally, reportOf } from './sweep-report.ts';
import type { GarbageArea, SweepReport, Tally } from './sweep-report.ts';
import type { SweepMode } from './sweep-runs.ts';

export interface SweepSettings {
  /** How long an object must have been unreferenced: a client may be in the middle of a refresh that names it. */
  readonly graceMs: number;
  /** How long files that were taken out of the index can be restored. */
  readonly packageRetentionMs: number;
  /** Days whose last snapshot is kept with all its metadata; 0: none. */
  readonly dailySnapshots: number;
  /** Keys listed, or objects deleted, before publications have their turn again. */
  readonly sliceSize: number;
}

export interface SweepParts {
  readonly log: GarbageLog;
  readonly store: Pick<ObjectStore, 'list' | 'get' | 'delete'>;
  readonly bitLength: number;
  readonly settings: SweepSettings;
  readonly checkpoint: Checkpoint;
}

/** What is true during one slice. */
export interface SweepMoment {
  readonly fence: number;
  readonly state: PublishedState;
}

const concurrentDeletions = 16;
const areas = { 'metadata/': 'metadata', 'targets/simple/': 'pages' } as const;

/**
 * One walk through the store by the holder of the lease, between its publications. Invariants, in the order in
 * which they are kept (docs/adr/0008-deleting-under-a-lease.md):
 * 1. What is needed is judged anew in the slice that acts on it, from what is published then.
 * 2. An object goes only after it was seen unreferenced for the whole grace period.
 * 3. It is condemned, under the fence, before it is deleted: from then on nothing signed names its key, so that
 *    a process that was stopped in between harms nobody when it wakes up and deletes.
 * 4. That is taken back only for what the process that condemned it is known to have deleted, a grace period later.
 * Nothing is lost by ending anywhere: the next sweep goes on from what the record remembers.
 */
export class Sweep {
  private readonly parts: SweepParts;
  private readonly mode: SweepMode;
  private readonly moment: () => SweepMoment;
  private readonly tally: Tally = newTally();
  private archived: ArchivedReferences = nothingArchived;

  constructor(parts: SweepParts, mode: SweepMode, moment: () => SweepMoment) {
    this.parts = parts;
    this.mode = mode;
    this.moment = moment;
  }

  get report(): SweepReport {
    return reportOf(this.tally);
  }

  /** Each `next()` does one slice. */
  async *slices(): AsyncGenerator<undefined, void> {
    const deleting = this.mode === 'delete';
    this.archived = await readDailySnapshots(this.parts);
    if (deleting) yield* this.finishEarlier();
    if (deleting) await this.parts.log.pardon(this.moment().fence, this.parts.settings.graceMs);
    for (const prefix of ['metadata/', 'targets/simple/'] as const) yield* this.mark(prefix);
    if (deleting) yield* this.deleteDue();
    yield* this.packages(deleting);
    await this.count();
  }

  /** What somebody condemned and did not confirm is deleted; whoever it was may still do so too. */
  private async *finishEarlier(): AsyncGenerator<undefined, void> {
    const { log, store, settings } = this.parts;
    for (;;) {
      const keys = await log.unconfirmed(settings.sliceSize);
      if (keys.length === 0) return;
      await runBounded(keys, concurrentDeletions, (key) => store.delete(key));
      await log.settle(this.moment().fence, keys);
      for (const key of keys) this.tally[areaOf(key)].deleted++;
      yield;
    }
  }

  private async *mark(prefix: keyof typeof areas): AsyncGenerator<undefined, void> {
    const { store, settings } = this.parts;
    let slice: string[] = [];
    for await (const key of store.list(prefix)) {
      slice.push(key);
      if (slice.length < settings.sliceSize) continue;
      await this.observe(slice, areas[prefix]);
      slice = [];
      yield;
    }
    if (slice.length === 0) return;
    await this.observe(slice, areas[prefix]);
    yield;
  }

  private async observe(keys: readonly string[], area: GarbageArea): Promise<void> {
    const { needed, garbage } = await this.judge(keys);
    await this.parts.log.observe(this.moment().fence, needed, garbage);
    this.tally[area].scanned += keys.length;
    this.tally[area].kept += needed.length;
  }

  private async *deleteDue(): AsyncGenerator<undefined, void> {
    const { log, settings } = this.parts;
    for (;;) {
      const keys = await log.due(settings.graceMs, settings.sliceSize);
      if (keys.length === 0) return;
      const { needed, garbage } = await this.judge(keys);
      if (needed.length > 0) await log.observe(this.moment().fence, needed, []);
      await this.remove(garbage, false);
      yield;
    }
  }

  private async *packages(deleting: boolean): AsyncGenerator<undefined, void> {
    const { log, settings } = this.parts;
    const tally = this.tally.packages;
    for (let after = ''; ;) {
      const gone = await log.gonePackages(settings.packageRetentionMs, after, settings.sliceSize);
      if (gone.length === 0) return;
      after = gone[gone.length - 1]!.targetPath;
      const expired = gone.filter((one) => one.expired).flatMap(keysOf);
      const all = gone.flatMap(keysOf).length;
      tally.scanned += all;
      tally.waiting += all - expired.length;
      if (deleting) await this.remove(expired, true);
      else tally.deletable += expired.length;
      yield;
    }
  }

  /** Condemned, deleted, confirmed. What could not be deleted stays condemned, for good. */
  private async remove(keys: readonly string[], lasting: boolean): Promise<void> {
    if (keys.length === 0) return;
    const { log, store, checkpoint } = this.parts;
    const { fence } = this.moment();
    const condemned = await log.condemn(fence, keys, lasting);
    for (const key of condemned) this.tally[areaOf(key)].deletable++;
    checkpoint('gc-condemned');
    const deleted: string[] = [];
    const failures: unknown[] = [];
    await runBounded(condemned, concurrentDeletions, async (key) => {
      try {
        await store.delete(key);
        deleted.push(key);
      } catch (error) {
        if (!isPassing(error)) throw error;
        failures.push(error);
      }
    });
    checkpoint('gc-deleted');
    await log.confirm(fence, deleted);
    checkpoint('gc-confirmed');
    for (const key of deleted) this.tally[areaOf(key)].deleted++;
    if (failures.length > 0) throw failures[0];
  }

  /** What is needed of these keys, as things are in this very slice. */
  private async judge(keys: readonly string[]): Promise<{ needed: string[]; garbage: string[] }> {
    const { log, bitLength } = this.parts;
    const named = keys.map((key): [string, NamedObject] => [key, namedObjectOf(key, bitLength)]);
    const bins = new Set<number>();
    const projects = new Set<string>();
    for (const [, object] of named) {
      if (object.kind === 'bin') bins.add(object.index);
      if (object.kind === 'page') projects.add(object.project);
    }
    const recorded = await log.references([...bins], [...projects]);
    const { vector, snapshotVersion } = this.moment().state;
    const live: LiveReferences = {
      targetsVersion: vector.targetsVersion,
      binsVersion: vector.binsVersion,
      snapshotVersion,
      binVersion: (index) => vector.version(index),
      recorded,
      archived: this.archived,
    };
    const needed: string[] = [];
    const garbage: string[] = [];
    for (const [key, object] of named) (isNeeded(object, live) ? needed : garbage).push(key);
    return { needed, garbage };
  }

  private async count(): Promise<void> {
    const census = await this.parts.log.census(this.parts.settings.graceMs);
    for (const area of ['metadata', 'pages'] as const) {
      this.tally[area].waiting += census[area].waiting;
      this.tally[area].deletable += census[area].due;
    }
  }
}

function keysOf({ project, sha256, filename, hasCoreMetadata }: GonePackage): string[] {
  const key = packageObjectKey(project as ProjectName, sha256, filename);
  return hasCoreMetadata ? [key, `${key}.metadata`] : [key];
}

function areaOf(key: string): GarbageArea {
  if (key.startsWith('metadata/')) return 'metadata';
  return key.startsWith('targets/simple/') ? 'pages' : 'packages';
}

/** The code of what ended a sweep. */
export function reasonOf(error: unknown): string {
  return isRindError(error) ? error.code : 'internal';
}
