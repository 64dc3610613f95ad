import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultRefresh } from '@rind/repository';
import { StorageError } from '@rind/storage-port';
import { ServedValidity } from './served-validity.ts';
import { SimulatedIndex } from './simulated-index.ts';

const hour = 3_600_000;
const day = 24 * hour;
const tickMs = hour;
const startMs = Date.parse('2026-01-01T00:00:00Z');
const offline = ['root', 'targets', 'bins'] as const;

let index: SimulatedIndex;
let served: ServedValidity;

beforeEach(async () => {
  index = await SimulatedIndex.start({ bitLength: 3, tickMs, startMs });
  served = new ServedValidity(index.store);
});

afterEach(() => index?.destroy());

/** The least that any role had left, over all steps. */
class Least {
  leftMs = Number.POSITIVE_INFINITY;
  offlineLeftMs = Number.POSITIVE_INFINITY;
  steps = 0;

  async look(): Promise<void> {
    this.steps++;
    for (const { role, expiresMs } of await served.roles()) {
      const leftMs = expiresMs - index.time.nowMs();
      if ((offline as readonly string[]).includes(role))
        this.offlineLeftMs = Math.min(this.offlineLeftMs, leftMs);
      else this.leftMs = Math.min(this.leftMs, leftMs);
    }
  }
}

describe('400 days', () => {
  it.each([
    ['an idle index', 0],
    ['a lightly used index', 1],
  ])(
    'of %s, with the yearly ceremonies, pass without anything near its expiry',
    async (_what, uploadsADay) => {
      const least = new Least();
      await index.run(400 * day, async () => {
        const time = index.time.nowMs() - startMs;
        if (uploadsADay > 0 && time % (day / uploadsADay) === 0) await index.upload();
        for (const [i, role] of offline.entries()) {
          if (time === (330 + i) * day) await index.holdCeremony(role, 2);
        }
        await least.look();
      });
      expect(least.steps).toBe((400 * day) / tickMs);
      expect(await index.published()).toBe(uploadsADay * 400 - (uploadsADay > 0 ? 1 : 0));
      expect(least.leftMs).toBeGreaterThanOrEqual(defaultRefresh.floorMs);
      expect(least.offlineLeftMs).toBeGreaterThan(30 * day);
      const versions = new Map((await served.roles()).map(({ role, version }) => [role, version]));
      expect(offline.map((role) => versions.get(role))).toEqual([2, 2, 2]);
      expect(index.alarms.map(({ event, target, detail }) => [event, target, detail?.['days']])).toEqual(
        offline.map((role) => ['role.expiring', role, 60]),
      );
    },
    600_000,
  );
});

describe('a clock that jumps', () => {
  it.each([
    ['a day ahead', day],
    ['a day back', -day],
  ])('%s signs nothing, says so, and does no harm', async (_what, jumpMs) => {
    await index.run(5 * hour);
    const before = await served.roles();
    index.time.jump(jumpMs);
    await expect(index.run(20 * hour)).rejects.toMatchObject({ code: 'clock.off' });
    expect(await served.roles()).toEqual(before);
    expect(await index.audited('clock.off')).toHaveLength(1);
    index.time.jump(-jumpMs);
    await index.run(5 * hour);
    expect((await served.roles())[0]!.version).toBeGreaterThan(before[0]!.version);
  });

  it('in the middle of its work is noticed before the next signature', async () => {
    let atJump: unknown = null;
    const run = index.run(2 * day, async () => {
      if (atJump !== null || index.time.nowMs() < startMs + 20 * hour) return;
      atJump = await served.roles();
      index.time.jump(-day);
    });
    await expect(run).rejects.toMatchObject({ code: 'clock.off' });
    expect(await served.roles()).toEqual(atJump);
  });
});

describe('an alarm', () => {
  it('is raised when nothing can be published any more, and everything is renewed once it can', async () => {
    const { store } = index;
    const replaceIf = store.replaceIf.bind(store);
    let broken = false;
    store.replaceIf = async (...call) => {
      if (broken) throw new StorageError('store.unavailable', 'broken', { key: call[0] });
      return replaceIf(...call);
    };
    await index.run(2 * hour);
    broken = true;
    const least = new Least();
    await index.run(20 * hour, async () => {
      await least.look();
    });
    expect(least.leftMs).toBeLessThan(defaultRefresh.floorMs / 2);
    expect(index.alarms.map(({ event }) => event)).toContain('valid-for.low');
    broken = false;
    await index.run(3 * hour);
    const after = new Least();
    await index.run(day, () => after.look());
    expect(after.leftMs).toBeGreaterThanOrEqual(defaultRefresh.floorMs);
  });
});
