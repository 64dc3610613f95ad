import { toTufDate } from '@rind/kernel';
import type { Clock } from '@rind/kernel';
import type { AuditEvent, PublicationLog } from '@rind/queue-port';
import type { Watch } from './reconciler.ts';

const dayMs = 86_400_000;

/** Offline keys take people and a calendar: they are told this many days before a role expires, and when it has. */
const noticeDays: readonly number[] = [60, 30, 7, 0];
const offlineRoles: readonly string[] = ['root', 'targets', 'bins'];

export interface OfflineNoticeParts {
  readonly log: Pick<PublicationLog, 'committedRoles'>;
  readonly clock: Clock;
  /** The notices of this kind that the audit log has, over the lives of all signers. */
  readonly given: () => Promise<readonly GivenNotice[]>;
}

export interface GivenNotice {
  readonly role: string;
  readonly version: number;
  readonly days: number;
}

/**
 * `role.expiring`, once for each version of root, targets and bins and each of 60, 30, 7 days and the last moment.
 * Who was away for some of them hears only of the nearest.
 */
export class OfflineNotice implements Watch {
  private readonly parts: OfflineNoticeParts;
  private readonly raised = new Set<string>();

  constructor(parts: OfflineNoticeParts) {
    this.parts = parts;
  }

  async next(): Promise<AuditEvent[]> {
    const { log, clock, given } = this.parts;
    const roles = await log.committedRoles();
    const due = offlineRoles.flatMap((name) => {
      const role = roles.get(name);
      if (role === undefined) return [];
      const leftMs = role.expiresMs - clock.nowMs();
      const days = noticeDays.filter((notice) => leftMs <= notice * dayMs).at(-1);
      return days === undefined
        ? []
        : [{ role: name, version: role.version, days, expiresMs: role.expiresMs }];
    });
    const unsaid = due.filter((notice) => !this.raised.has(keyOf(notice)));
    if (unsaid.length === 0) return [];
    for (const notice of await given()) this.raised.add(keyOf(notice));
    const fresh = unsaid.filter((notice) => !this.raised.has(keyOf(notice)));
    for (const notice of fresh) this.raised.add(keyOf(notice));
    return fresh.map(({ role, version, days, expiresMs }) => ({
      event: 'role.expiring',
      target: role,
      detail: { version, days, expires: toTufDate(expiresMs) },
    }));
  }
}

function keyOf({ role, version, days }: GivenNotice): string {
  return `${role} ${version} ${days}`;
}
