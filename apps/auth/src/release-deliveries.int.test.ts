import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Courier } from './delivery/courier.ts';
import {
  auth,
  confirm,
  delivered,
  file,
  newProject,
  owner,
  project,
  release,
  sdist,
  signInAgain,
  startReleases,
  states,
  stopReleases,
  turnTo,
  upload,
  warehouse,
} from './testing/released-project.ts';

beforeAll(startReleases);
afterAll(stopReleases);
beforeEach(newProject);

describe('delivery', () => {
  const waiting = (): Promise<Record<string, unknown>[]> =>
    auth.rows(
      `SELECT attempts > 0 AS tried, last_error FROM auth.grant_delivery
        WHERE project = $1 AND delivered_at IS NULL ORDER BY seq`,
      project,
    );
  /** Time passes, and the courier looks. */
  const later = (ms: number): void => {
    auth.clock.advance(ms);
    auth.app.nest.get(Courier).wake();
  };

  it('is tried again until the warehouse is back; later changes wait for the ones before', async () => {
    warehouse.mood = 'down';
    await confirm(`${file(sdist)}yank/`);
    await confirm(`${file(sdist)}unyank/`);
    await expect.poll(waiting).toEqual([
      { tried: true, last_error: 'database.unavailable' },
      { tried: false, last_error: null },
    ]);
    expect((await owner.get(release())).text).toContain('waiting for the index');
    warehouse.mood = 'up';
    later(60_000);
    await delivered(2);
    expect(warehouse.verbs(project)).toEqual([`yank ${sdist}`, `unyank ${sdist}`]);
    await expect.poll(waiting).toEqual([]);
    const { text } = await owner.get(release());
    expect(text).toMatch(
      /handed over<\/span>\s*<a href="https:\/\/index\.example\/api\/v1\/uploads\/[0-9a-f-]{36}">/,
    );
  });

  it('waits longer each time, and a minute at most', async () => {
    warehouse.mood = 'down';
    await confirm(`${file(sdist)}yank/`);
    const waits: number[] = [];
    for (let attempt = 1; attempt <= 9; attempt++) {
      await expect
        .poll(
          async () =>
            (await auth.rows('SELECT attempts FROM auth.grant_delivery WHERE project = $1', project))[0],
        )
        .toEqual({ attempts: attempt });
      const next = async (): Promise<number> => {
        const [row] = await auth.rows(
          'SELECT next_try_at, last_error FROM auth.grant_delivery WHERE project = $1',
          project,
        );
        return row!['last_error'] === null ? 0 : (row!['next_try_at'] as Date).getTime() - auth.clock.nowMs();
      };
      const expected = Math.min(60_000, 1_000 * 2 ** (attempt - 1));
      await expect.poll(next).toBe(expected);
      waits.push(expected);
      later(expected);
    }
    expect(waits.at(-1)).toBe(60_000);
    warehouse.mood = 'up';
    later(60_000);
    await delivered(1);
  });

  it('of one project waits for no other', async () => {
    warehouse.mood = 'refuse';
    await confirm(`${file(sdist)}yank/`);
    await expect.poll(waiting).toEqual([{ tried: true, last_error: 'grant.unknown-key' }]);
    const stuck = project;
    warehouse.mood = 'up';
    turnTo(auth.fresh('free'));
    await upload(`${project.replaceAll('-', '_')}-1.0.tar.gz`);
    await confirm(`${release()}yank/`);
    await delivered(1);
    expect(warehouse.of(stuck)).toEqual([]);
    turnTo(stuck);
    later(60_000);
    await delivered(1);
  });

  it('whose answer is lost is made again, and counts once', async () => {
    warehouse.mood = 'deaf';
    await confirm(`${release()}yank/`);
    await delivered(1);
    await expect.poll(waiting).toMatchObject([{ last_error: 'warehouse.unavailable' }, { tried: false }]);
    warehouse.mood = 'up';
    later(60_000);
    await expect.poll(waiting).toEqual([]);
    expect(warehouse.of(project)).toHaveLength(2);
  });

  it('is done by whichever process comes next, when the one that committed is gone', async () => {
    warehouse.mood = 'down';
    await confirm(`${release()}yank/`);
    await expect.poll(waiting).toMatchObject([{ tried: true }, {}]);
    // A process that was killed in the middle of a call holds its grant for a while.
    await auth.app.nest.get(Courier).stop();
    await auth.rows(
      `UPDATE auth.grant_delivery SET next_try_at = $2 WHERE project = $1`,
      project,
      new Date(auth.clock.nowMs() + 30_000),
    );
    warehouse.mood = 'up';
    const other = await auth.another();
    try {
      auth.clock.advance(30_000);
      await delivered(2);
    } finally {
      await other.close();
      auth.app.nest.get(Courier).start();
    }
  });

  it('by three processes at once keeps the order and harms nobody', async () => {
    warehouse.mood = 'slow';
    const others = [await auth.another(), await auth.another()];
    try {
      for (let round = 0; round < 3; round++) {
        await confirm(`${release()}yank/`);
        await confirm(`${release()}unyank/`);
        for (const app of others) app.nest.get(Courier).wake();
      }
      await delivered(12);
      const seqs = warehouse.of(project).map(({ grant }) => grant.seq);
      expect(seqs).toEqual([...seqs].sort((a, b) => a - b));
    } finally {
      for (const app of others) await app.close();
    }
  });

  it('that nobody took in a week is given up: the grant is void, and the record is as before', async () => {
    warehouse.mood = 'down';
    await confirm(`${file(sdist)}yank/`);
    expect(await states()).toMatchObject({ [sdist]: 'yanked' });
    later(7 * 86_400_000 + 1_000);
    const voids = () =>
      auth.rows(
        `SELECT actor, target FROM auth.audit WHERE event = 'grant.voided' AND project = $1`,
        project,
      );
    await expect.poll(voids).toEqual([{ actor: 'auth', target: `packages/${project}/${sdist}` }]);
    warehouse.mood = 'up';
    later(60_000);
    await signInAgain();
    expect(await states()).toMatchObject({ [sdist]: 'live' });
    expect(warehouse.of(project)).toEqual([]);
  });

  it('of what a thief wrote into the tables brings nothing that counts', async () => {
    const before = warehouse.taken.length;
    await auth.rows(
      `WITH forged AS (
         INSERT INTO auth.grant_log (id, seq, verb, project, target_path, envelope, expires_at)
         SELECT gen_random_uuid(), max(seq) + 1, 'delete', $1, $2, $3, $4 FROM auth.grant_log RETURNING id, seq)
       INSERT INTO auth.grant_delivery (grant_id, project, seq, expires_at, next_try_at)
       SELECT id, $1, seq, $4, $5 FROM forged`,
      project,
      `packages/${project}/${sdist}`,
      Buffer.from('{"grant":{"verb":"delete"}}'),
      new Date(auth.clock.nowMs() + 86_400_000),
      new Date(auth.clock.nowMs()),
    );
    later(0);
    await expect.poll(waiting).toMatchObject([{ tried: true, last_error: 'grant.malformed' }]);
    expect(warehouse.taken).toHaveLength(before);
  });
});
