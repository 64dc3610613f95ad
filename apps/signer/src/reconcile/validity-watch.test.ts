import { FakeClock } from '@rind/kernel';
import { defaultRefresh } from '@rind/repository';
import { beforeEach, describe, expect, it } from 'vitest';
import { MemoryLog } from '../../test/memory-log.ts';
import { ValidityWatch } from './validity-watch.ts';

const startMs = 1_800_000_000_000;
const hour = 3_600_000;

let log: MemoryLog;
let clock: FakeClock;
let firstBin: number | null;
let watch: ValidityWatch;

beforeEach(() => {
  log = new MemoryLog(startMs);
  clock = new FakeClock(startMs);
  firstBin = null;
  watch = new ValidityWatch({
    log,
    clock,
    refresh: defaultRefresh,
    alarmBelowMs: 6 * hour,
    bitLength: 4,
    showFirstBin: (expiresMs) => (firstBin = expiresMs),
    elapsedMs: () => clock.nowMs(),
  });
});

function validFor(hours: { timestamp?: number; snapshot?: number; bin?: number }): void {
  const { timestamp = 24, snapshot = 24, bin = 24 } = hours;
  log.commit('timestamp', 2, clock.nowMs() + timestamp * hour);
  log.commit('snapshot', 2, clock.nowMs() + snapshot * hour);
  log.bins = [
    { idx: 3, expiresMs: clock.nowMs() + 24 * hour },
    { idx: 10, expiresMs: clock.nowMs() + bin * hour },
  ];
}

/** The alarms of a look now and of one two ticks later. */
async function alarms(): Promise<string[]> {
  const now = await watch.next();
  clock.advance(2 * defaultRefresh.tickMs);
  return [...now, ...(await watch.next())].map(({ event, target }) => `${event} ${target}`);
}

describe('the alarm that metadata is about to expire', () => {
  it.each<[string, Parameters<typeof validFor>[0], string[]]>([
    ['is silent while half of the floor is left', { timestamp: 6.1, snapshot: 6.1, bin: 6.1 }, []],
    ['is raised for the timestamp', { timestamp: 5.9, snapshot: 7, bin: 7 }, ['valid-for.low timestamp']],
    ['is raised for the snapshot', { timestamp: 7, snapshot: 5.9, bin: 7 }, ['valid-for.low snapshot']],
    ['is raised for a bin', { bin: 5.9 }, ['valid-for.low bin-a']],
    ['names what expires first', { timestamp: 3, snapshot: 2, bin: 1 }, ['valid-for.low bin-a']],
    ['is raised for what has expired', { timestamp: -1 }, ['valid-for.low timestamp']],
  ])('%s', async (_name, hours, expected) => {
    validFor(hours);
    expect(await alarms()).toEqual(expected);
  });

  it('lets a writer that starts after a standstill do its work first', async () => {
    validFor({ bin: -48 });
    expect(await watch.next()).toEqual([]);
    clock.advance(2 * defaultRefresh.tickMs - 1);
    expect(await watch.next()).toEqual([]);
    validFor({});
    clock.advance(1);
    expect(await watch.next()).toEqual([]);
  });

  it('is raised again each hour while it lasts', async () => {
    validFor({ bin: 1 });
    const raisedAtMinute: number[] = [];
    for (let minute = 0; minute < 180; minute++) {
      if ((await watch.next()).length > 0) raisedAtMinute.push(minute);
      clock.advance(60_000);
    }
    expect(raisedAtMinute).toEqual([2, 62, 122]);
  });

  it('tells when the first of all bins expires', async () => {
    validFor({ bin: 13 });
    await watch.next();
    expect(firstBin).toBe(startMs + 13 * hour);
  });
});
