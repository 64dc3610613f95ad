/** The roles whose keys are offline: people sign them, in a ceremony. */
export const offlineRoles = ['root', 'targets', 'bins'] as const;
export type OfflineRole = (typeof offlineRoles)[number];

/** How changes name the one role that `bins` delegates to: every bin has the same keys. */
export const binRoleName = 'bin-n';

/** A version of an offline role, published or to be. */
export interface OfflineVersion {
  readonly role: OfflineRole;
  readonly version: number;
  readonly expiresMs: number;
}
