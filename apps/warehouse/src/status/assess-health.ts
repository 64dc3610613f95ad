import { binName, maxBinBytes } from '@rind/repository';
import type { PublishedRole, StatusFacts } from './status-facts.ts';
import { firstExpiryMs } from './validity.ts';

/** Something an operator should look at. Codes are API. */
export interface Problem {
  readonly code: ProblemCode;
  /** `error`: clients are, or soon will be, refused or behind. */
  readonly severity: 'error' | 'warning';
  readonly message: string;
  /** What to do about it. */
  readonly remedy: string;
}

export type ProblemCode =
  | 'repository.missing'
  | 'root.expired'
  | 'root.expiring'
  | 'targets.expired'
  | 'targets.expiring'
  | 'bins.expired'
  | 'bins.expiring'
  | 'valid-for.over'
  | 'valid-for.low'
  | 'lease.none'
  | 'queue.stuck'
  | 'queue.held'
  | 'publication.stuck'
  | 'bin.too-large'
  | 'bin.unproven'
  | 'bins.count-mismatch'
  | 'clock.off'
  | 'store.unavailable'
  | 'store.corrupt'
  | 'store.full'
  | 'store.older'
  | 'store.newer';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** No served bin should ever have less; the refresh begins four hours before (docs/architecture.md "Expiry"). */
const lowValidityMs = 12 * hour;
const criticalValidityMs = 4 * hour;
/** Offline keys take people and a calendar: the signer's `role.expiring` says the same at 60, 30 and 7 days. */
const offlineNoticeMs = 60 * day;
const offlineUrgentMs = 7 * day;
const slowQueueMs = minute;
const stuckQueueMs = 10 * minute;
const stuckPublicationMs = 5 * minute;
const clockToleranceMs = minute;
/** By then a publication that was open when we asked the database is over. */
const settleMs = 10 * second;
const largeBinShare = 0.9;

const offlineRoles: readonly Extract<PublishedRole, 'root' | 'targets' | 'bins'>[] = [
  'root',
  'targets',
  'bins',
];

/** What is wrong, worst first. Pure: the same facts, the same problems. */
export function assessHealth(facts: StatusFacts): Problem[] {
  if (facts.roles.timestamp === undefined || facts.roles.root === undefined) return [repositoryMissing];
  const problems = [
    ...offlineRoles.flatMap((role) => assessOfflineRole(role, facts)),
    ...assessValidity(facts),
    ...assessStore(facts),
    ...assessRoom(facts),
    ...assessSigner(facts),
    ...assessBins(facts),
    ...assessUnproven(facts),
    ...assessClock(facts),
  ];
  return problems.sort((a, b) => Number(a.severity === 'warning') - Number(b.severity === 'warning'));
}

const repositoryMissing: Problem = {
  code: 'repository.missing',
  severity: 'error',
  message: 'Nothing has been published yet: there is no root and no timestamp.',
  remedy: 'Hold the first key ceremony (rind ceremony root plan).',
};

function assessOfflineRole(role: 'root' | 'targets' | 'bins', { roles, nowMs }: StatusFacts): Problem[] {
  const found = roles[role];
  if (found === undefined) return [];
  const leftMs = found.expiresMs - nowMs;
  const remedy = `Sign and publish ${role} ${found.version + 1} with the offline keys (rind ceremony ${role} plan).`;
  if (leftMs <= 0) {
    return [
      {
        code: `${role}.expired`,
        severity: 'error',
        message: `${role} ${found.version} has expired: clients refuse everything.`,
        remedy,
      },
    ];
  }
  if (leftMs > offlineNoticeMs) return [];
  const message = `${role} ${found.version} expires in ${Math.floor(leftMs / day)} days.`;
  const severity = leftMs <= offlineUrgentMs ? 'error' : 'warning';
  return [{ code: `${role}.expiring`, severity, message, remedy }];
}

function assessValidity(facts: StatusFacts): Problem[] {
  const leftMs = firstExpiryMs(facts) - facts.nowMs;
  if (leftMs > lowValidityMs) return [];
  const remedy =
    'Look at the signer: is one running, does it hold the lease, what do its log and /metrics say?';
  if (leftMs <= 0) {
    const message = 'Timestamp, snapshot or a bin has expired: clients refuse the repository.';
    return [{ code: 'valid-for.over', severity: 'error', message, remedy }];
  }
  const severity = leftMs <= criticalValidityMs ? 'error' : 'warning';
  const message = `What is published is valid for ${Math.floor(leftMs / minute)} more minutes; it should have been signed anew.`;
  return [{ code: 'valid-for.low', severity, message, remedy }];
}

function assessStore(facts: StatusFacts): Problem[] {
  const { storedTimestamp, roles } = facts;
  const committed = roles.timestamp!.version;
  switch (storedTimestamp.kind) {
    case 'unavailable':
      return [
        {
          code: 'store.unavailable',
          severity: 'error',
          message: 'The object store does not answer.',
          remedy: 'Look at the store; uploads and publications go on by themselves once it is back.',
        },
      ];
    case 'unreadable':
      return [
        {
          code: 'store.corrupt',
          severity: 'error',
          message: 'metadata/timestamp.json in the store is not a timestamp.',
          remedy:
            'The signer replaces it within a minute. Find out who wrote it (rind audit --event store.corrupt).',
        },
      ];
    case 'missing':
      return [
        {
          code: 'store.older',
          severity: 'error',
          message: `There is no timestamp in the store, but ${committed} was committed.`,
          remedy:
            'Is this the right folder or bucket, and mounted? If so, the signer puts back what is provable.',
        },
      ];
    case 'version':
      if (storedTimestamp.version > committed) return assessNewerStore(storedTimestamp.version, facts);
      if (storedTimestamp.version === committed) return [];
      return [
        {
          code: 'store.older',
          severity: 'error',
          message: `The timestamp in the store is version ${storedTimestamp.version}, but ${committed} was committed: the store went back.`,
          remedy: 'Find out who restored the store; the signer publishes anew under its lease.',
        },
      ];
  }
}

function assessRoom({ storeRoom }: StatusFacts): Problem[] {
  if (storeRoom === 'enough') return [];
  return [
    {
      code: 'store.full',
      severity: 'error',
      message: 'The last upload found no room, and was told to try again later.',
      remedy: 'Make room in the store and in the spool of the warehouse; this alarm ends when there is some.',
    },
  ];
}

/** A newer timestamp is the moment between the commit point and the record of it, unless nothing was under way. */
function assessNewerStore(stored: number, { roles, lastPublication, databaseNowMs }: StatusFacts): Problem[] {
  const closedMs = lastPublication?.closedMs ?? null;
  if (lastPublication !== null && (closedMs === null || databaseNowMs - closedMs < settleMs)) return [];
  const committed = roles.timestamp!.version;
  return [
    {
      code: 'store.newer',
      severity: 'error',
      message: `Timestamp ${stored} is published, but the database knows of none after ${committed}: the signer refuses to go on.`,
      remedy:
        'Was the database set back? Then rind recover database --dry-run. If not, somebody else signed with the online keys: rind recover fast-forward.',
    },
  ];
}

function assessSigner({ lease, queue, lastPublication, databaseNowMs }: StatusFacts): Problem[] {
  const problems: Problem[] = [];
  if (lease.holder === null || lease.expiresMs <= databaseNowMs) {
    const lastHolder = lease.holder === null ? '' : `, the last was ${lease.holder}`;
    problems.push({
      code: 'lease.none',
      severity: 'error',
      message: `No signer holds the writer lease${lastHolder}: nothing is published or refreshed.`,
      remedy: 'Start a signer, or look why those that run do not take the lease (their logs and /readyz).',
    });
  }
  const free = queue.depth - queue.held - queue.blocked;
  if (free > 0 && queue.oldestFreeMs > slowQueueMs) {
    problems.push({
      code: 'queue.stuck',
      severity: queue.oldestFreeMs > stuckQueueMs ? 'error' : 'warning',
      message: `${requests(free, 'waits', 'wait')} for the signer, the oldest for ${Math.floor(queue.oldestFreeMs / second)} s.`,
      remedy: 'Look at the log of the signer: a store or a database that fails is named there.',
    });
  }
  if (queue.held > 0 && queue.oldestMs > slowQueueMs) {
    problems.push({
      code: 'queue.held',
      severity: 'warning',
      message: `${requests(queue.held, 'is', 'are')} held back by a quota, the oldest for ${Math.floor(queue.oldestMs / second)} s.`,
      remedy: 'rind audit --event quota.exceeded names them. They go out by themselves within the hour.',
    });
  }
  const open = lastPublication?.state === 'open' || lastPublication?.state === 'prepared';
  if (open && databaseNowMs - lastPublication.openedMs > stuckPublicationMs) {
    problems.push({
      code: 'publication.stuck',
      severity: 'error',
      message: `Publication ${lastPublication.id} has been open for ${Math.floor((databaseNowMs - lastPublication.openedMs) / minute)} minutes.`,
      remedy: 'Look at the log of the lease holder; a standby takes over once the lease is free.',
    });
  }
  return problems;
}

function requests(count: number, one: string, many: string): string {
  return count === 1 ? `1 request ${one}` : `${count} requests ${many}`;
}

function assessBins({ bins, configuredBins }: StatusFacts): Problem[] {
  const problems: Problem[] = [];
  if (bins.largestBytes >= maxBinBytes * largeBinShare) {
    problems.push({
      code: 'bin.too-large',
      severity: 'warning',
      message: `The largest bin has ${bins.largestBytes} bytes; at ${maxBinBytes} the signer refuses to add to it.`,
      remedy: 'Plan a migration to more bins, and look for names that were ground into one.',
    });
  }
  if (bins.count !== configuredBins.count) {
    problems.push({
      code: 'bins.count-mismatch',
      severity: 'error',
      message: `This process was told of ${configuredBins.count} bins, the repository has ${bins.count}.`,
      remedy: 'Set RIND_BIN_COUNT as it was at the ceremony.',
    });
  }
  return problems;
}

/** Names in one message; the count says how many there are. */
const namedBins = 8;

function assessUnproven({ unproven: { bins }, queue, bins: { count } }: StatusFacts): Problem[] {
  if (bins.length === 0) return [];
  const names = bins.slice(0, namedBins).map((idx) => binName(idx, Math.log2(count)));
  const more = bins.length > names.length ? ` and ${bins.length - names.length} more` : '';
  const [what, them] = bins.length === 1 ? ['1 bin is', 'it'] : [`${bins.length} bins are`, 'one of them'];
  return [
    {
      code: 'bin.unproven',
      severity: 'error',
      message: `${what} damaged in the store, and the grants on record do not prove what was in ${them}: ${names.join(', ')}${more}. ${requests(queue.blocked, 'waits', 'wait')} for ${them}; all else is published.`,
      remedy:
        'rind audit --event repair.refused names the grants. Put the bin back from a copy of the store, or trust the key again that signed them; the signer looks again each minute.',
    },
  ];
}

function assessClock({ nowMs, clockOffsetMs, databaseNowMs }: StatusFacts): Problem[] {
  const offMs = Math.abs(nowMs - clockOffsetMs - databaseNowMs);
  if (offMs <= clockToleranceMs) return [];
  return [
    {
      code: 'clock.off',
      severity: 'warning',
      message: `This machine's clock and the database's differ by ${Math.round(offMs / second)} s.`,
      remedy: 'Set the clocks by NTP: a signer that is this far off does not sign.',
    },
  ];
}
