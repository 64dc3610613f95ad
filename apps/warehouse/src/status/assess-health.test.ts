import { describe, expect, it } from 'vitest';
import { assessHealth } from './assess-health.ts';
import { healthyFacts as healthy, nowMs } from './status-facts.fixture.ts';
import type { StatusFacts } from './status-facts.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const role = (leftMs: number) => ({ version: 9, expiresMs: nowMs + leftMs });
const roles = (changed: Partial<StatusFacts['roles']>) => ({ roles: { ...healthy.roles, ...changed } });
const queue = (oldestMs: number, depth = 2) => ({
  queue: { depth, oldestMs, setAside: 5, held: 0, blocked: 0, oldestFreeMs: oldestMs },
});
const held = (oldestMs: number, oldestFreeMs: number) => ({
  queue: { depth: 3, oldestMs, setAside: 0, held: 2, blocked: 0, oldestFreeMs },
});
const open = { ...healthy.lastPublication!, state: 'open', closedMs: null } as const;

describe('the health of a repository', () => {
  it.each<[string, Partial<StatusFacts>, [code: string, severity: string][]]>([
    ['is good when nothing is wrong', {}, []],
    ['does not suffer from requests that were set aside', { queue: { ...healthy.queue, setAside: 9 } }, []],
    ['is bad before the first ceremony', { roles: {} }, [['repository.missing', 'error']]],
    ['is good two months before root expires', roles({ root: role(60 * day + 1) }), []],
    ['warns of root in its last two months', roles({ root: role(60 * day) }), [['root.expiring', 'warning']]],
    ['warns of root until its last week', roles({ root: role(7 * day + 1) }), [['root.expiring', 'warning']]],
    ['is bad in the last week of root', roles({ root: role(7 * day) }), [['root.expiring', 'error']]],
    ['is bad when root has expired', roles({ root: role(0) }), [['root.expired', 'error']]],
    ['warns of targets in time', roles({ targets: role(8 * day) }), [['targets.expiring', 'warning']]],
    ['is bad when targets has expired', roles({ targets: role(-1) }), [['targets.expired', 'error']]],
    ['warns of bins in time', roles({ bins: role(8 * day) }), [['bins.expiring', 'warning']]],
    ['is bad when bins has expired', roles({ bins: role(-1) }), [['bins.expired', 'error']]],
    ['is good at more than 12 h', roles({ timestamp: role(12 * hour + 1) }), []],
    ['warns at 12 h of the timestamp', roles({ timestamp: role(12 * hour) }), [['valid-for.low', 'warning']]],
    ['warns at 12 h of the snapshot', roles({ snapshot: role(12 * hour) }), [['valid-for.low', 'warning']]],
    [
      'warns at 12 h of a bin',
      { bins: { ...healthy.bins, oldestExpiresMs: nowMs + 12 * hour } },
      [['valid-for.low', 'warning']],
    ],
    ['is bad at 4 h', roles({ timestamp: role(4 * hour) }), [['valid-for.low', 'error']]],
    [
      'is bad when a bin has expired',
      { bins: { ...healthy.bins, oldestExpiresMs: nowMs } },
      [['valid-for.over', 'error']],
    ],
    [
      'is bad without a lease holder',
      { lease: { ...healthy.lease, holder: null } },
      [['lease.none', 'error']],
    ],
    [
      'is bad when the lease has run out',
      { lease: { ...healthy.lease, expiresMs: nowMs } },
      [['lease.none', 'error']],
    ],
    ['is good while the queue moves', queue(minute), []],
    ['warns when the queue is slow', queue(minute + 1), [['queue.stuck', 'warning']]],
    ['is bad when the queue stands', queue(10 * minute + 1), [['queue.stuck', 'error']]],
    ['bears a quota that holds requests for a moment', held(minute, 0), []],
    [
      'tells requests that a quota holds from a queue that stands',
      held(20 * minute, minute),
      [['queue.held', 'warning']],
    ],
    [
      'sees that the queue stands behind requests that a quota holds',
      held(20 * minute, 11 * minute),
      [
        ['queue.stuck', 'error'],
        ['queue.held', 'warning'],
      ],
    ],
    ['is good during a publication', { lastPublication: { ...open, openedMs: nowMs - 5 * minute } }, []],
    [
      'is bad when a publication does not end',
      { lastPublication: { ...open, openedMs: nowMs - 5 * minute - 1 } },
      [['publication.stuck', 'error']],
    ],
    ['is good after an old publication', { lastPublication: { ...open, state: 'closed', openedMs: 0 } }, []],
    ['is good at a bin below 4,050,000 bytes', { bins: { ...healthy.bins, largestBytes: 4_049_999 } }, []],
    [
      'warns of a bin near its limit',
      { bins: { ...healthy.bins, largestBytes: 4_050_000 } },
      [['bin.too-large', 'warning']],
    ],
    [
      'is bad when the number of bins is another',
      { bins: { ...healthy.bins, count: 8 } },
      [['bins.count-mismatch', 'error']],
    ],
    ['bears a clock that is a minute off', { databaseNowMs: nowMs - minute }, []],
    [
      'warns of a clock that is further off',
      { databaseNowMs: nowMs - minute - 1 },
      [['clock.off', 'warning']],
    ],
    ['bears a clock that is shifted on purpose', { nowMs: nowMs + hour, clockOffsetMs: hour }, []],
    [
      'is good in the moment before a publication is recorded',
      { storedTimestamp: { kind: 'version', version: 10 }, lastPublication: { ...open, openedMs: nowMs } },
      [],
    ],
    [
      'is good when a publication was recorded while we looked',
      {
        storedTimestamp: { kind: 'version', version: 10 },
        lastPublication: { ...healthy.lastPublication!, closedMs: nowMs - 9_999 },
      },
      [],
    ],
    [
      'is bad when the store is ahead and nothing is under way',
      { storedTimestamp: { kind: 'version', version: 10 } },
      [['store.newer', 'error']],
    ],
    [
      'is bad when the store went back',
      { storedTimestamp: { kind: 'version', version: 8 } },
      [['store.older', 'error']],
    ],
    [
      'is bad when the timestamp is gone',
      { storedTimestamp: { kind: 'missing' } },
      [['store.older', 'error']],
    ],
    [
      'is bad when the timestamp is something else',
      { storedTimestamp: { kind: 'unreadable' } },
      [['store.corrupt', 'error']],
    ],
    [
      'is bad when the store is away',
      { storedTimestamp: { kind: 'unavailable' } },
      [['store.unavailable', 'error']],
    ],
    [
      'is bad while a bin cannot be built, and does not call the queue stuck for what waits for it',
      {
        unproven: { bins: [3, 9], oldestMs: hour },
        queue: { depth: 2, oldestMs: hour, setAside: 0, held: 0, blocked: 2, oldestFreeMs: 0 },
      },
      [['bin.unproven', 'error']],
    ],
    ['is bad when the last upload found no room', { storeRoom: 'none' }, [['store.full', 'error']]],
    [
      'names what is bad before what is not good',
      { ...queue(minute + 1), ...roles({ root: role(8 * day), timestamp: role(0) }) },
      [
        ['valid-for.over', 'error'],
        ['root.expiring', 'warning'],
        ['queue.stuck', 'warning'],
      ],
    ],
  ])('%s', (_what, facts, problems) => {
    expect(assessHealth({ ...healthy, ...facts }).map(({ code, severity }) => [code, severity])).toEqual(
      problems,
    );
  });
});
