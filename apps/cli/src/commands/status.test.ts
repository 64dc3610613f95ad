import { describe, expect, it } from 'vitest';
import { describeStatus } from './status.ts';
import type { StatusDocument } from './status.ts';

const now = Date.parse('2026-05-01T12:00:00Z');
const role = { version: 7, expires: '2026-05-02T12:00:00Z' };
const healthy: StatusDocument = {
  healthy: true,
  problems: [],
  root: { version: 1, expires: '2027-05-01T12:00:00Z' },
  timestamp: role,
  snapshot: role,
  targets: role,
  bins: { count: 16_384, encoding: 'succinct', oldestExpires: '2026-05-02T06:00:00Z', largestBytes: 524 },
  queue: { depth: 0, oldestMs: null, setAside: 0, held: 0, blocked: 0 },
  lease: { holder: 'host:12', fence: 3 },
  validForMs: 64_800_000,
  lastPublication: {
    id: 4,
    state: 'closed',
    files: 1,
    bins: 2,
    durationMs: 81.4,
    closedAt: '2026-05-01T11:59:00Z',
  },
};

describe('the state in words', () => {
  it.each<[string, Partial<StatusDocument>, RegExp]>([
    ['says that all is well', {}, /^✓ healthy\n/],
    ['says how long all of it counts', {}, /valid for +18 h 0 min/],
    ['says when a role expires', {}, /timestamp +version 7, expires in 24 h 0 min \(2026-05-02T12:00:00Z\)/],
    [
      'says that a role expired',
      { root: { version: 1, expires: '2026-05-01T12:00:00Z' } },
      /root +version 1, EXPIRED/,
    ],
    [
      'goes by the clock of the index',
      { at: '2026-05-02T11:00:00.000Z' },
      /timestamp +version 7, expires in 1 h 0 min /,
    ],
    ['tells one from many', {}, /publication 4: closed 1 min ago, 1 file and 2 bins in 81 ms/],
    ['has no age of an empty queue', {}, /queue +empty\n/],
    [
      'has the age of the oldest request',
      { queue: { depth: 3, oldestMs: 61_000, setAside: 0, held: 0, blocked: 0 } },
      /3 waiting, the oldest for 1 min\n/,
    ],
    [
      'counts what was set aside',
      { queue: { depth: 0, oldestMs: null, setAside: 2, held: 0, blocked: 0 } },
      /empty; 2 set aside/,
    ],
    [
      'counts what a quota holds',
      { queue: { depth: 3, oldestMs: 61_000, setAside: 0, held: 2, blocked: 0 } },
      /1 min; 2 of them held by a quota\n/,
    ],
    [
      'counts what waits for a damaged bin',
      { queue: { depth: 3, oldestMs: 61_000, setAside: 0, held: 0, blocked: 2 } },
      /1 min; 2 of them waiting for a damaged bin\n/,
    ],
    ['says that nothing counts any more', { validForMs: 0 }, /valid for +EXPIRED/],
    ['knows an index before its first ceremony', { root: null, timestamp: null }, /root +none yet\n/],
    [
      'knows an index without a writer',
      { lease: { holder: null, fence: 3 } },
      /writer +NONE holds the lease/,
    ],
    ['knows an index that never published', { lastPublication: null }, /nothing published yet/],
    [
      'knows an index without bins',
      { bins: { ...healthy.bins, oldestExpires: null, largestBytes: null } },
      /succinct, the largest has 0 bytes/,
    ],
  ])('%s', (_sentence, fields, expected) => {
    expect(describeStatus({ ...healthy, ...fields }, now)).toMatch(expected);
  });

  it('begins with what is wrong and what to do', () => {
    const problem = (code: string, severity: string) => ({
      code,
      severity,
      message: `it is ${code}`,
      remedy: `mend ${code}`,
    });
    const problems = [problem('lease.none', 'error'), problem('queue.stuck', 'warning')];
    const lines = describeStatus({ ...healthy, healthy: false, problems }, now).split('\n');
    expect(lines.slice(0, 5)).toEqual([
      '✗ not healthy: 2 problems',
      '  ✗ it is lease.none [lease.none]',
      '    → mend lease.none',
      '  ! it is queue.stuck [queue.stuck]',
      '    → mend queue.stuck',
    ]);
  });

  it('fits a terminal, whatever is said', () => {
    const words = 'what is wrong with it and what to do '.repeat(12).trim();
    const problem = { code: 'queue.stuck', severity: 'error', message: words, remedy: words };
    const text = describeStatus({ ...healthy, healthy: false, problems: [problem] }, now);
    expect(Math.max(...text.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(100);
    expect(text.replaceAll(/\s+/g, ' ')).toContain(`✗ ${words} [queue.stuck] → ${words}`);
  });
});
