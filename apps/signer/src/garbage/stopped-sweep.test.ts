import { pageObjectKey } from '@rind/index-model';
import { noCheckpoint } from '@rind/kernel';
import type { ProjectName } from '@rind/kernel';
import type { ProjectFacts } from '@rind/queue-port';
import { describe, expect, it } from 'vitest';
import { bitLength, publishFirst } from '../../test/first-publication.ts';
import { MemoryGarbage } from '../../test/memory-garbage.ts';
import { MemoryStore } from '../../test/memory-store.ts';
import type { PublishedState } from '../published/published-state.ts';
import { writePages } from '../publishing/page-objects.ts';
import { renderPages } from '../publishing/page-rendering.ts';
import { Sweep } from './sweep.ts';

const graceMs = 1_000;
const name = 'demo' as ProjectName;

/** A project's page by the status that it shows: the same status, the same bytes. */
const projectOf = (status: ProjectFacts['status']): ProjectFacts => ({
  name,
  status,
  statusReason: null,
  lastSeq: 0,
  pageSha256: null,
  pageLength: null,
  pageBin: null,
});

/** Holds the deletions of one process back until it is woken up. */
class StoppableStore extends MemoryStore {
  private wake: (() => void) | null = null;
  private stopped: Promise<void> | null = null;

  stopBeforeDeletions(): void {
    this.stopped = new Promise((resolve) => (this.wake = resolve));
  }

  wakeUp(): void {
    this.wake?.();
  }

  /** The same store, as the process sees it that will be stopped. */
  get ofStopped(): Pick<MemoryStore, 'list' | 'get' | 'delete'> {
    return {
      list: (prefix) => this.list(prefix),
      get: (key) => this.get(key),
      delete: async (key) => {
        await this.stopped;
        await this.delete(key);
      },
    };
  }
}

interface Scene {
  readonly store: StoppableStore;
  readonly garbage: MemoryGarbage;
  readonly state: PublishedState;
}

type Guard = (keys: readonly string[]) => Promise<ReadonlySet<string>>;

async function publishPage({ store, garbage }: Scene, status: ProjectFacts['status'], guard: Guard) {
  const [page] = await renderPages(new Map([[name, projectOf(status)]]), [], guard);
  await writePages(store, [page!]);
  garbage.pages.set(name, page!.sha256);
  return pageObjectKey(name, page!.sha256);
}

function sweepOf(
  { garbage, state }: Scene,
  store: Pick<MemoryStore, 'list' | 'get' | 'delete'>,
  fence: number,
): Sweep {
  const settings = { graceMs, packageRetentionMs: 0, dailySnapshots: 0, sliceSize: 10 };
  const parts = { log: garbage, store, bitLength, settings, checkpoint: noCheckpoint };
  return new Sweep(parts, 'delete', () => ({ fence, state }));
}

async function toEnd(sweep: Sweep): Promise<void> {
  for await (const slice of sweep.slices()) void slice;
}

/**
 * A writer is stopped between condemning an old page and deleting it. The next one publishes a page of the very
 * same content, before or after its own sweep finished what the first had begun. Then the first wakes up.
 */
async function served(guarded: boolean, secondSweeps: 'before' | 'never'): Promise<boolean> {
  const store = new StoppableStore();
  const scene = { store, garbage: new MemoryGarbage(), state: await publishFirst(store, 1e12) };
  const { garbage } = scene;
  const guard: Guard = (keys) => (guarded ? garbage.condemned(keys) : Promise.resolve(new Set()));

  await publishPage(scene, 'active', guard);
  await publishPage(scene, 'archived', guard);
  await toEnd(sweepOf(scene, store.ofStopped, 1));
  garbage.nowMs += graceMs + 1;
  store.stopBeforeDeletions();
  const first = toEnd(sweepOf(scene, store.ofStopped, 1)).catch((error: unknown) => error);
  await new Promise((resolve) => setImmediate(resolve));
  expect(garbage.rows.size, 'stopped after it condemned').toBe(1);

  garbage.fence = 2;
  if (secondSweeps === 'before') {
    await toEnd(sweepOf(scene, store, 2));
    // However long the first may sleep.
    garbage.nowMs += 1_000 * graceMs;
    await toEnd(sweepOf(scene, store, 2));
  }
  const key = await publishPage(scene, 'active', guard);
  expect(store.bytesOf(key), 'served').toBeDefined();
  store.wakeUp();
  expect(await first).toMatchObject({ code: 'lease.lost' });
  return store.bytesOf(key) !== undefined;
}

describe('a writer that was stopped in a sweep and wakes up', () => {
  it.each(['before', 'never'] as const)(
    'deletes nothing that is served (the next one sweeps: %s)',
    async (sweeps) => {
      expect(await served(true, sweeps)).toBe(true);
    },
  );

  it.each(['before', 'never'] as const)(
    'would delete a served page if pages could be condemned objects (the next one sweeps: %s)',
    async (sweeps) => {
      expect(await served(false, sweeps)).toBe(false);
    },
  );
});
