import type { StatusFacts } from './status-facts.ts';

// Facts of a repository without problems, for the tests of this folder.

export const nowMs = Date.UTC(2026, 10, 21);
const hour = 3_600_000;
const year = 365 * 24 * hour;

export const healthyFacts: StatusFacts = {
  nowMs,
  clockOffsetMs: 0,
  databaseNowMs: nowMs,
  roles: {
    root: { version: 1, expiresMs: nowMs + year },
    targets: { version: 1, expiresMs: nowMs + year },
    bins: { version: 1, expiresMs: nowMs + year },
    snapshot: { version: 9, expiresMs: nowMs + 24 * hour },
    timestamp: { version: 9, expiresMs: nowMs + 24 * hour },
  },
  bins: { count: 1_024, oldestExpiresMs: nowMs + 20 * hour, largestBytes: 700 },
  configuredBins: { count: 1_024, encoding: 'succinct' },
  unproven: { bins: [], oldestMs: 0 },
  queue: { depth: 0, oldestMs: 0, setAside: 0, held: 0, blocked: 0, oldestFreeMs: 0 },
  lease: { holder: 'host:7', fence: 4, expiresMs: nowMs + 10_000 },
  lastPublication: {
    id: 12,
    state: 'closed',
    files: 3,
    bins: 5,
    durationMs: 81.5,
    openedMs: nowMs - 60_100,
    closedMs: nowMs - 60_000,
  },
  storedTimestamp: { kind: 'version', version: 9 },
  storeRoom: 'enough',
};
