import { toTufDate } from '@rind/kernel';
import { assessHealth } from './assess-health.ts';
import type { Problem } from './assess-health.ts';
import type { PublishedRole, StatusFacts } from './status-facts.ts';
import { firstExpiryMs } from './validity.ts';

/** The state of the repository as `rind status --json` and `GET /api/v1/status` show it. Dates in UTC. */
export interface StatusReport {
  /** By the clock against which everything expires here, ISO 8601. */
  readonly at: string;
  /** No problems. */
  readonly healthy: boolean;
  readonly problems: readonly Problem[];
  readonly root: RoleReport | null;
  readonly timestamp: RoleReport | null;
  readonly snapshot: RoleReport | null;
  readonly targets: RoleReport | null;
  readonly bins: {
    readonly count: number;
    readonly encoding: string;
    readonly oldestExpires: string | null;
    readonly largestBytes: number;
  };
  readonly queue: {
    readonly depth: number;
    readonly oldestMs: number;
    readonly setAside: number;
    /** Those of `depth` that a quota holds back. */
    readonly held: number;
    /** Those of `depth` that wait for a bin that cannot be built. */
    readonly blocked: number;
  };
  /** Who may publish: `host:pid`; null when nobody holds it. */
  readonly lease: { readonly holder: string | null; readonly fence: number };
  /** Until the first of timestamp, snapshot and bins expires; 0 when one has. */
  readonly validForMs: number;
  readonly lastPublication: {
    readonly id: number;
    readonly state: string;
    readonly files: number;
    readonly bins: number;
    readonly durationMs: number | null;
    readonly closedAt: string | null;
  } | null;
}

export interface RoleReport {
  readonly version: number;
  readonly expires: string;
}

export function statusReport(facts: StatusFacts): StatusReport {
  const problems = assessHealth(facts);
  const role = (name: PublishedRole): RoleReport | null => {
    const found = facts.roles[name];
    return found === undefined ? null : { version: found.version, expires: toTufDate(found.expiresMs) };
  };
  const { bins, queue, lease, lastPublication } = facts;
  return {
    at: new Date(facts.nowMs).toISOString(),
    healthy: problems.length === 0,
    problems,
    root: role('root'),
    timestamp: role('timestamp'),
    snapshot: role('snapshot'),
    targets: role('targets'),
    bins: {
      count: bins.count,
      encoding: facts.configuredBins.encoding,
      oldestExpires: bins.oldestExpiresMs === null ? null : toTufDate(bins.oldestExpiresMs),
      largestBytes: bins.largestBytes,
    },
    queue: {
      depth: queue.depth,
      oldestMs: queue.oldestMs,
      setAside: queue.setAside,
      held: queue.held,
      blocked: queue.blocked,
    },
    lease: { holder: lease.expiresMs > facts.databaseNowMs ? lease.holder : null, fence: lease.fence },
    validForMs: Math.max(0, firstExpiryMs(facts) - facts.nowMs),
    lastPublication: lastPublication === null ? null : publicationReport(lastPublication),
  };
}

function publicationReport(
  facts: NonNullable<StatusFacts['lastPublication']>,
): StatusReport['lastPublication'] {
  const { id, state, files, bins, durationMs, closedMs } = facts;
  return {
    id,
    state,
    files,
    bins,
    durationMs,
    closedAt: closedMs === null ? null : new Date(closedMs).toISOString(),
  };
}
