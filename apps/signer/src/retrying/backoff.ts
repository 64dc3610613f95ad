import type { Randomness } from '@rind/kernel';

/**
 * Milliseconds to wait after the failed try number `attempt` (from 1): `firstMs`, doubled for each try, at most
 * `mostMs`; of that a random part, though never less than half, so that those who failed together come back apart.
 */
export function backoffMs(
  attempt: number,
  { firstMs, mostMs }: { readonly firstMs: number; readonly mostMs: number },
  randomness: Randomness,
): number {
  const bound = Math.min(mostMs, firstMs * 2 ** Math.min(attempt - 1, 30));
  const [high, low] = randomness.bytes(2);
  const fraction = ((high! << 8) | low!) / 65_535;
  return Math.round((bound / 2) * (1 + fraction));
}
