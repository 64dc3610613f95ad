import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemRandomness } from '@rind/kernel';
import type { Randomness } from '@rind/kernel';
import { StorageError } from '@rind/storage-port';
import { backoffMs } from './backoff.ts';
import { asStorageError, faultOf } from './faults.ts';
import { DEFAULT_ATTEMPTS, DEFAULT_MAX_CONCURRENCY } from './options.ts';
import type { S3Operation, S3Retry, S3StoreOptions } from './options.ts';
import { Semaphore } from './semaphore.ts';

type CallOptions = Pick<S3StoreOptions, 'attempts' | 'maxConcurrency' | 'onRetry' | 'randomness'>;

/** Bounds the calls under way, and makes those that failed again after a while. */
export class Calls {
  private readonly attempts: number;
  private readonly permits: Semaphore;
  private readonly randomness: Randomness;
  private readonly onRetry: (retry: S3Retry) => void;
  private readonly closing = new AbortController();

  constructor(options: CallOptions) {
    this.attempts = options.attempts ?? DEFAULT_ATTEMPTS;
    this.permits = new Semaphore(options.maxConcurrency ?? DEFAULT_MAX_CONCURRENCY);
    this.randomness = options.randomness ?? systemRandomness;
    this.onRetry = options.onRetry ?? (() => {});
    setMaxListeners(0, this.closing.signal);
  }

  /**
   * Makes a call, again after failures that pass. The step may ask several things one after the other, and
   * decides by throwing a StorageError. After the last try: the error as the port names it.
   */
  async run<Result>(operation: S3Operation, key: string, step: () => Promise<Result>): Promise<Result> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.permits.hold(() => this.unlessClosed(key, step));
      } catch (cause) {
        const final = cause instanceof StorageError || faultOf(cause) !== 'passing';
        if (final || attempt >= this.attempts) throw asStorageError(key, cause);
        // Without a permit: who waits must not keep others from trying.
        await this.pause({ operation, key, attempt, delayMs: backoffMs(attempt, this.randomness), cause });
      }
    }
  }

  /** Makes a call a single time. */
  async once<Result>(key: string, step: () => Promise<Result>): Promise<Result> {
    try {
      return await this.permits.hold(() => this.unlessClosed(key, step));
    } catch (error) {
      throw asStorageError(key, error);
    }
  }

  /** Ends the waits: what is under way fails with `store.unavailable`. */
  close(): void {
    this.closing.abort();
  }

  private async unlessClosed<Result>(key: string, step: () => Promise<Result>): Promise<Result> {
    if (this.closing.signal.aborted) throw closed(key);
    return step();
  }

  private async pause(retry: S3Retry): Promise<void> {
    this.onRetry(retry);
    try {
      await sleep(retry.delayMs, undefined, { signal: this.closing.signal });
    } catch {
      throw closed(retry.key, retry.cause);
    }
  }
}

function closed(key: string, cause?: unknown): StorageError {
  return new StorageError('store.unavailable', 'the store was closed', { key }, { cause });
}
