import { describe, expect, it } from 'vitest';
import { healthyFacts, nowMs } from './status-facts.fixture.ts';
import { statusReport } from './status-report.ts';

describe('the status report', () => {
  it('has every field that scripts rely on', () => {
    expect(statusReport(healthyFacts)).toEqual({
      healthy: true,
      problems: [],
      root: { version: 1, expires: '2027-11-21T00:00:00Z' },
      timestamp: { version: 9, expires: '2026-11-22T00:00:00Z' },
      snapshot: { version: 9, expires: '2026-11-22T00:00:00Z' },
      targets: { version: 1, expires: '2027-11-21T00:00:00Z' },
      bins: { count: 1_024, encoding: 'succinct', oldestExpires: '2026-11-21T20:00:00Z', largestBytes: 700 },
      at: '2026-11-21T00:00:00.000Z',
      queue: { depth: 0, oldestMs: 0, setAside: 0, held: 0, blocked: 0 },
      lease: { holder: 'host:7', fence: 4 },
      validForMs: 20 * 3_600_000,
      lastPublication: {
        id: 12,
        state: 'closed',
        files: 3,
        bins: 5,
        durationMs: 81.5,
        closedAt: '2026-11-20T23:59:00.000Z',
      },
    });
  });

  it('says what it does not know before the first ceremony', () => {
    const report = statusReport({
      ...healthyFacts,
      roles: {},
      bins: { count: 0, oldestExpiresMs: null, largestBytes: 0 },
      lastPublication: null,
    });
    expect(report).toMatchObject({
      healthy: false,
      root: null,
      timestamp: null,
      validForMs: 0,
      lastPublication: null,
    });
  });

  it('counts down to the first expiry and not below zero', () => {
    const bins = { ...healthyFacts.bins, oldestExpiresMs: nowMs - 1 };
    expect(statusReport({ ...healthyFacts, bins }).validForMs).toBe(0);
  });

  it('names no holder of a lease that has run out', () => {
    const lease = { ...healthyFacts.lease, expiresMs: nowMs };
    expect(statusReport({ ...healthyFacts, lease }).lease).toEqual({ holder: null, fence: 4 });
  });
});
