import type { Clock } from '@rind/kernel';
import { monotonicMs } from '@rind/kernel';
import type { AuditEvent, PublicationLog } from '@rind/queue-port';
import { binName } from '@rind/repository';
import type { RefreshSettings } from '@rind/repository';
import type { Watch } from './reconciler.ts';

/** The latest date that JavaScript has: before it, every bin expires. */
const endOfTimeMs = 8.64e15;
const repeatAfterMs = 3_600_000;

export interface ValidityWatchParts {
  readonly log: PublicationLog;
  readonly clock: Clock;
  readonly refresh: RefreshSettings;
  readonly bitLength: number;
  /** The alarm is raised when less is left, milliseconds. */
  readonly alarmBelowMs: number;
  /** Told when the first of all bins expires, milliseconds since 1970. */
  readonly showFirstBin: (expiresMs: number) => void;
  /** Monotonic milliseconds. */
  readonly elapsedMs?: () => number;
}

interface Expiry {
  readonly role: string;
  readonly expiresMs: number;
}

/**
 * Looks at what expires first, apart from the writer: a publication that cannot end must not silence the alarm.
 * `valid-for.low` is raised when less than the configured time has been left for two ticks of the schedule, so that
 * a writer that starts after a long standstill can first do its work; and again each hour.
 */
export class ValidityWatch implements Watch {
  private readonly parts: ValidityWatchParts;
  private readonly elapsedMs: () => number;
  private lowSinceMs: number | null = null;
  private raisedAtMs = Number.NEGATIVE_INFINITY;

  constructor(parts: ValidityWatchParts) {
    this.parts = parts;
    this.elapsedMs = parts.elapsedMs ?? monotonicMs;
  }

  async next(): Promise<AuditEvent[]> {
    const first = await this.firstToExpire();
    const { clock, refresh, alarmBelowMs } = this.parts;
    const validForMs = first.expiresMs - clock.nowMs();
    const lookedAtMs = this.elapsedMs();
    if (validForMs >= alarmBelowMs) {
      this.lowSinceMs = null;
      return [];
    }
    this.lowSinceMs ??= lookedAtMs;
    if (lookedAtMs - this.lowSinceMs < 2 * refresh.tickMs) return [];
    if (lookedAtMs - this.raisedAtMs < repeatAfterMs) return [];
    this.raisedAtMs = lookedAtMs;
    return [{ event: 'valid-for.low', target: first.role, detail: { validForMs, lowBelowMs: alarmBelowMs } }];
  }

  private async firstToExpire(): Promise<Expiry> {
    const { log, bitLength, showFirstBin } = this.parts;
    const [bin] = await log.binsExpiringBefore(endOfTimeMs, 1);
    const roles = await log.committedRoles();
    const expiries: Expiry[] = ['timestamp', 'snapshot']
      .flatMap((name) => roles.get(name) ?? [])
      .map((role) => ({
        role: role.name,
        expiresMs: role.expiresMs,
      }));
    if (bin !== undefined) {
      showFirstBin(bin.expiresMs);
      expiries.push({ role: binName(bin.idx, bitLength), expiresMs: bin.expiresMs });
    }
    return expiries.reduce((first, other) => (other.expiresMs < first.expiresMs ? other : first), never);
  }
}

const never: Expiry = { role: 'none', expiresMs: endOfTimeMs };
