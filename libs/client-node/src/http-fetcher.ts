/**
 * Downloads over HTTP for a client that trusts no server: every byte, second and redirect is bounded, and whatever
 * arrives is judged elsewhere.
 *
 * A file is tried until an attempt is final, with pauses between, all within the total timeout. Final are a body, 404
 * and 403, too many bytes, too slow a body, no head in time, and any other status but 408, 429 and those from 500 on.
 * What is left, a broken connection and a server that is not well, is tried again.
 */
import type { Fetcher } from '@rind/client-port';
import type { Randomness } from '@rind/kernel';
import { systemRandomness } from '@rind/kernel';
import { PassingFailure, attemptDownload } from './attempt.ts';
import type { AttemptOptions } from './attempt.ts';
import { defaultPatience, withTimeout } from './patience.ts';
import type { Patience } from './patience.ts';
import { defaultRetryPolicy, pause, pauseMs } from './retry.ts';
import type { RetryPolicy } from './retry.ts';

export interface HttpFetcherOptions {
  /** For the length of the pauses. */
  readonly randomness?: Randomness;
  readonly patience?: Partial<Patience>;
  readonly retry?: Partial<RetryPolicy>;
  /** Followed within one origin only: no redirect leaves the host, the port or TLS. By default 3. */
  readonly maxRedirects?: number;
  /** Value of `User-Agent`. */
  readonly userAgent?: string;
  /** The platform's `fetch`, unless a test or a proxy setting brings another. */
  readonly fetch?: typeof globalThis.fetch;
}

export class HttpFetcher implements Fetcher {
  private readonly randomness: Randomness;
  private readonly retry: RetryPolicy;
  private readonly options: AttemptOptions;

  constructor(options: HttpFetcherOptions = {}) {
    this.randomness = options.randomness ?? systemRandomness;
    this.retry = { ...defaultRetryPolicy, ...options.retry };
    this.options = {
      fetch: options.fetch ?? globalThis.fetch,
      headers: { 'accept-encoding': 'identity', 'user-agent': options.userAgent ?? 'rind' },
      patience: { ...defaultPatience, ...options.patience },
      maxRedirects: options.maxRedirects ?? 3,
    };
  }

  async fetch(url: string, maxBytes: number): Promise<Uint8Array | null> {
    const total = new AbortController();
    return withTimeout(total, url, this.options.patience.totalTimeoutMs, async () => {
      for (let retry = 0; ; retry++) {
        try {
          return await attemptDownload(this.options, url, maxBytes, total.signal);
        } catch (error) {
          if (!(error instanceof PassingFailure)) throw error;
          if (retry >= this.retry.retries) throw error.cause;
        }
        await pause(pauseMs(this.retry, retry, this.randomness), total.signal);
      }
    });
  }
}
