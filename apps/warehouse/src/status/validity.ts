import type { StatusFacts } from './status-facts.ts';

/** When the first of timestamp, snapshot and bins expires; 0 when one of them does not exist. */
export function firstExpiryMs({ roles, bins }: Pick<StatusFacts, 'roles' | 'bins'>): number {
  return Math.min(roles.timestamp?.expiresMs ?? 0, roles.snapshot?.expiresMs ?? 0, bins.oldestExpiresMs ?? 0);
}
