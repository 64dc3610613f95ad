import { isExpired } from '@rind/metadata';
import type { Signed } from '@rind/metadata';
import type { Audit } from './audit.ts';
import type { Place } from './report.ts';

/** Expired, or about to be: `online` roles are signed anew by a machine, the others by people. */
export function checkExpiry(
  { report, nowMs, limits }: Audit,
  place: Place,
  signed: Signed,
  kind: 'online' | 'offline',
): void {
  const { expires } = signed;
  const marginMs = kind === 'online' ? limits.onlineMarginMs : limits.offlineMarginMs;
  if (isExpired(signed, nowMs)) report.add('fsck.expired', place, { expires });
  else if (signed.expiresMs - nowMs < marginMs) {
    report.add('fsck.expiring', place, { expires, validForMs: signed.expiresMs - nowMs, marginMs });
  }
}
