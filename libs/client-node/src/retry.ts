import type { Randomness } from '@rind/kernel';

/** How often a download is tried again, after the first time, and how long the pauses are. */
export interface RetryPolicy {
  readonly retries: number;
  /** Upper bound of the first pause; each further one is twice as long, up to `maxPauseMs`. */
  readonly basePauseMs: number;
  readonly maxPauseMs: number;
}

export const defaultRetryPolicy: RetryPolicy = { retries: 4, basePauseMs: 250, maxPauseMs: 8_000 };

/**
 * The pause before attempt `retry` + 1, in milliseconds: between half of the bound and the bound, by chance, so that
 * clients that failed together do not come back together.
 * @param retry 0 before the second attempt
 */
export function pauseMs(
  { basePauseMs, maxPauseMs }: RetryPolicy,
  retry: number,
  randomness: Randomness,
): number {
  const bound = Math.min(maxPauseMs, basePauseMs * 2 ** retry);
  const [high = 0, low = 0] = randomness.bytes(2);
  return Math.round((bound / 2) * (1 + (high * 256 + low) / 65_535));
}

/** Resolves after `ms`; rejects with the signal's reason when it is aborted before. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal.addEventListener('abort', stop, { once: true });
  });
}
