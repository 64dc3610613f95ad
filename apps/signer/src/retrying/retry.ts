import { setTimeout as sleep } from 'node:timers/promises';
import { isRindError, systemRandomness } from '@rind/kernel';
import type { Randomness } from '@rind/kernel';
import { backoffMs } from './backoff.ts';

/** How a single call is made again. Bounded: trouble that lasts is for those who know what the call is part of. */
export interface RetryOptions {
  /** Five unless said otherwise. */
  readonly attempts?: number;
  readonly pause?: (ms: number) => Promise<void>;
  readonly randomness?: Randomness;
  /** False when the process ends: then nothing is tried again. */
  readonly goesOn?: () => boolean;
}

const waits = { firstMs: 20, mostMs: 500 };

/** Makes a call again while it fails with one of these codes. Only for what may be done twice. */
export async function retry<Result>(
  codes: ReadonlySet<string>,
  call: () => Promise<Result>,
  options: RetryOptions = {},
): Promise<Result> {
  const { attempts = 5, randomness = systemRandomness, goesOn = () => true } = options;
  const pause = options.pause ?? ((ms: number) => sleep(ms));
  for (let attempt = 1; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      if (!isRindError(error) || !codes.has(error.code) || attempt >= attempts || !goesOn()) throw error;
      await pause(backoffMs(attempt, waits, randomness));
    }
  }
}
