import { cp, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemRandomness, utf8 } from '@rind/kernel';
import type { Tag } from '@rind/storage-port';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FsStorePoint, Pause } from './checkpoints.ts';
import { nodeDisk } from './commit-disk.ts';
import { openFsStore } from './fs-store.ts';
import { Generations } from './generations.ts';
import { layoutOf } from './layout.ts';

const KEY = 'metadata/timestamp.json';
const LOST = expect.objectContaining({ code: 'store.precondition-failed' });
const REPLACE_POINTS: FsStorePoint[] = [
  'store.replace.prepared',
  'store.replace.claimed',
  'store.replace.durable',
  'store.replace.compared',
  'store.replace.visible',
];

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'rind-generations-'));
  openFsStore({ root });
});
afterEach(() => rm(root, { recursive: true }));

const generationsIn = (folder: string, pause: Pause = () => {}, epochSize = 4) =>
  new Generations({
    layout: layoutOf(folder),
    disk: nodeDisk,
    randomness: systemRandomness,
    pause,
    epochSize,
  });
const visibleIn = (folder: string) => readFile(join(folder, KEY), 'utf8');
const visible = () => visibleIn(root);
const readIn = async (generations: Generations, folder = root) => {
  const found = await generations.read(KEY, () => readFile(join(folder, KEY)).catch(() => null));
  return found && { text: found.bytes.toString(), tag: found.tag };
};
const epochs = async () =>
  (await readdir(layoutOf(root).commitsOf(KEY))).map(Number).toSorted((a, b) => a - b);

/** Replaces again and again, each time with the tag of the time before. */
async function advance(
  generations: Generations,
  tag: Tag | null,
  values: readonly string[],
): Promise<Tag | null> {
  for (const value of values) tag = await generations.replace(KEY, utf8(value), tag);
  return tag;
}

/** A writer that stops at a point for the first time it gets there, until it is told to go on. */
function heldAt(point: FsStorePoint) {
  const arrived = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  const pause: Pause = async (each) => {
    if (each !== point) return;
    arrived.resolve();
    await gate.promise;
  };
  return { generations: generationsIn(root, pause), arrived: arrived.promise, release: () => gate.resolve() };
}

describe('a writer that stops', () => {
  const cases = REPLACE_POINTS.flatMap((point) => [0, 1, 2, 3, 10].map((others) => [point, others] as const));

  it.each(cases)(
    'at %s while others make %i more states never takes the object back',
    async (point, others) => {
      const active = generationsIn(root);
      const start = await advance(active, null, ['a', 'b']);
      const held = heldAt(point);
      const outcome = held.generations.replace(KEY, utf8('held'), start).then(
        () => 'won',
        (error: unknown) => error,
      );
      await held.arrived;
      const committed = point !== 'store.replace.prepared';

      const now = (await readIn(active))!;
      expect(now.text).toBe(committed ? 'held' : 'b');
      const values = Array.from({ length: others }, (_, i) => `other ${i}`);
      const last = await advance(active, now.tag, values);
      const before = await visible();
      held.release();

      const wins = committed || others === 0;
      expect(await outcome).toEqual(wins ? 'won' : LOST);
      expect(await visible()).toBe(others > 0 ? before : 'held');
      if (others > 0) expect((await readIn(active))!.tag).toBe(last);
      await expect(active.replace(KEY, utf8('stale'), start)).rejects.toEqual(LOST);
      expect(await readdir(layoutOf(root).tmp)).toEqual([]);
    },
  );

  it.each(REPLACE_POINTS)('at %s with the first state ever leaves one winner', async (point) => {
    const held = heldAt(point);
    const outcome = held.generations.replace(KEY, utf8('held'), null).then(
      () => 'won',
      (error: unknown) => error,
    );
    await held.arrived;
    const other = await generationsIn(root)
      .replace(KEY, utf8('other'), null)
      .then(
        () => 'won',
        (error: unknown) => error,
      );
    held.release();
    const heldWins = point !== 'store.replace.prepared';
    expect([await outcome, other]).toEqual(heldWins ? ['won', LOST] : [LOST, 'won']);
    expect(await visible()).toBe(heldWins ? 'held' : 'other');
  });

  it('within a helper never takes the object back', async () => {
    const active = generationsIn(root);
    const start = await advance(active, null, ['a']);
    const dead = heldAt('store.replace.claimed');
    void dead.generations.replace(KEY, utf8('b'), start).catch(() => {});
    await dead.arrived;
    for (const point of ['store.replace.durable', 'store.replace.compared'] as const) {
      const helper = heldAt(point);
      const helped = helper.generations.settle(KEY);
      await Promise.race([helper.arrived, helped]);
      const now = (await readIn(active))!;
      await advance(active, now.tag, ['c', 'd']);
      helper.release();
      await helped;
      expect(await visible()).toBe('d');
    }
    dead.release();
  });

  it('holds no state back that a reader could see half made', async () => {
    const held = heldAt('store.replace.claimed');
    void held.generations.replace(KEY, utf8('first'), null);
    await held.arrived;
    expect(await readIn(generationsIn(root))).toMatchObject({ text: 'first' });
    held.release();
  });
});

describe('epochs', () => {
  it('go on for many generations and leave the two newest', async () => {
    const generations = generationsIn(root);
    await advance(
      generations,
      null,
      Array.from({ length: 22 }, (_, i) => `${i}`),
    );
    expect(await visible()).toBe('21');
    expect(await epochs()).toEqual([4, 5]);
  });

  it.each([4, 5, 8, 9, 12, 13])(
    'a tag from before a pruned epoch is stale after %i generations',
    async (count) => {
      const generations = generationsIn(root);
      const first = await advance(generations, null, ['0']);
      const values = Array.from({ length: count }, (_, i) => `${i + 1}`);
      await advance(generations, first, values);
      await expect(generations.replace(KEY, utf8('late'), first)).rejects.toEqual(LOST);
      expect(await visible()).toBe(`${count}`);
    },
  );

  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'a writer held before its claim of generation %i loses after pruning',
    async (at) => {
      const active = generationsIn(root);
      const values = (count: number) => Array.from({ length: count }, (_, i) => `${i}`);
      const tag = await advance(active, null, values(at - 1));
      const held = heldAt('store.replace.prepared');
      const outcome = held.generations.replace(KEY, utf8('held'), tag).catch((error: unknown) => error);
      await held.arrived;
      await advance(active, tag, values(20));
      expect((await epochs())[0]).toBeGreaterThan(0);
      held.release();
      expect(await outcome).toEqual(LOST);
      expect(await visible()).toBe('19');
    },
  );

  it('come into being once though many cross the border at the same time', async () => {
    const writers = [generationsIn(root), generationsIn(root), generationsIn(root)];
    let tag = await advance(writers[0]!, null, ['a', 'b', 'c', 'd']);
    for (let round = 0; round < 9; round++) {
      const racing = writers.map((writer, i) => writer.replace(KEY, utf8(`${round}/${i}`), tag));
      const won = (await Promise.allSettled(racing)).filter((outcome) => outcome.status === 'fulfilled');
      expect(won).toHaveLength(1);
      tag = won[0]!.value;
    }
  });

  it('keep as many as asked for', async () => {
    const generations = generationsIn(root, () => {}, 1_024);
    await advance(generations, null, ['a', 'b']);
    await generations.prune(KEY, 0);
    expect(await epochs()).toEqual([0]);
    expect(await readIn(generations)).toMatchObject({ text: 'b' });
  });
});

describe('a copy of the folder', () => {
  let copy: string;
  beforeEach(async () => {
    copy = await mkdtemp(join(tmpdir(), 'rind-copy-'));
  });
  afterEach(() => rm(copy, { recursive: true }));

  it('with an old pending state beside a newer object does not go back', async () => {
    const active = generationsIn(root);
    const start = await advance(active, null, ['a']);
    const held = heldAt('store.replace.claimed');
    const outcome = held.generations.replace(KEY, utf8('b'), start);
    await held.arrived;
    await cp(join(root, '.rind'), join(copy, '.rind'), { recursive: true });
    held.release();
    await advance(active, await outcome, ['c']);
    await cp(join(root, 'metadata'), join(copy, 'metadata'), { recursive: true });

    const inCopy = generationsIn(copy);
    const now = (await readIn(inCopy, copy))!;
    expect(now.text).toBe('c');
    await inCopy.replace(KEY, utf8('d'), now.tag);
    expect(await visibleIn(copy)).toBe('d');
  });

  it('without the private folder goes on', async () => {
    await advance(generationsIn(root), null, ['a', 'b']);
    await cp(join(root, 'metadata'), join(copy, 'metadata'), { recursive: true });
    openFsStore({ root: copy });
    const inCopy = generationsIn(copy);
    const now = (await readIn(inCopy, copy))!;
    await inCopy.replace(KEY, utf8('c'), now.tag);
    expect(await visibleIn(copy)).toBe('c');
  });
});

describe('a tag', () => {
  it.each([0, 3, 4, 5, 999_999_999_999_999])(
    'of generation %i is refused though it has the right hash',
    async (generation) => {
      const generations = generationsIn(root);
      const tag = (await advance(generations, null, ['a', 'b']))!;
      const forged = tag.replace(/^2-/, `${generation}-`) as Tag;
      await expect(generations.replace(KEY, utf8('c'), forged)).rejects.toEqual(LOST);
      expect(await generations.settle(KEY)).toBe(2);
    },
  );
});

describe('meddling with the visible file', () => {
  it('makes the tag stale', async () => {
    const generations = generationsIn(root);
    const tag = await advance(generations, null, ['a']);
    await writeFile(join(root, KEY), 'x');
    await expect(generations.replace(KEY, utf8('b'), tag)).rejects.toEqual(LOST);
    expect(await visible()).toBe('x');
  });

  it.each(['changed', 'deleted'])('after the claim (%s) sets the state aside', async (how) => {
    const tag = await advance(generationsIn(root), null, ['a']);
    const held = heldAt('store.replace.claimed');
    const outcome = held.generations.replace(KEY, utf8('b'), tag).catch((error: unknown) => error);
    await held.arrived;
    if (how === 'changed') await writeFile(join(root, KEY), 'x');
    else await rm(join(root, KEY));
    held.release();
    expect(await outcome).toEqual(LOST);

    const next = generationsIn(root);
    const now = await readIn(next);
    expect(now?.text).toBe(how === 'changed' ? 'x' : undefined);
    await next.replace(KEY, utf8('c'), now?.tag ?? null);
    expect(await visible()).toBe('c');
  });

  it('a creation does not replace what putNew put there in between', async () => {
    const held = heldAt('store.replace.compared');
    const outcome = held.generations.replace(KEY, utf8('created'), null).catch((error: unknown) => error);
    await held.arrived;
    const put = await openFsStore({ root }).putNew(KEY, utf8('put'));
    held.release();
    expect([put, await outcome]).toEqual(['created', LOST]);
    expect(await visible()).toBe('put');
  });
});
