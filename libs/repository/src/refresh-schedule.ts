/**
 * When online metadata is signed anew though nothing changed. Lifetime 24 h by default; a role is due
 * when less than `refreshBelowMs` (16 h) is left, and must never be served with less than `floorMs` (12 h).
 * Many bins that fall due together are spread over the time in between.
 */
export interface RefreshSettings {
  readonly lifetimeMs: number;
  readonly refreshBelowMs: number;
  readonly floorMs: number;
  /** How often the schedule is asked. */
  readonly tickMs: number;
}

const hour = 3_600_000;
export const defaultRefresh: RefreshSettings = {
  lifetimeMs: 24 * hour,
  refreshBelowMs: 16 * hour,
  floorMs: 12 * hour,
  tickMs: 60_000,
};

/** True when a role that expires at `expiresMs` should be signed anew. */
export function isDue(expiresMs: number, nowMs: number, settings: RefreshSettings): boolean {
  return expiresMs - nowMs < settings.refreshBelowMs;
}

/**
 * How many of `due` bins to sign in this tick so that the one that expires first (at `earliestMs`)
 * and all others are done two ticks before the floor.
 */
export function refreshBatchSize(
  due: number,
  earliestMs: number,
  nowMs: number,
  settings: RefreshSettings,
): number {
  if (due === 0) return 0;
  const left = earliestMs - nowMs - settings.floorMs - 2 * settings.tickMs;
  const ticks = Math.max(1, Math.floor(left / settings.tickMs));
  return Math.ceil(due / ticks);
}
