import { FetchError } from '@rind/client-port';

/** How long one download may take, and how slow it may become. */
export interface Patience {
  /** For everything: all attempts, redirects and pauses of one file. */
  readonly totalTimeoutMs: number;
  /** From a request to the head of its response. */
  readonly headTimeoutMs: number;
  /** A body that brings less than this on average over one `slowWindowMs` is given up. */
  readonly minBytesPerSecond: number;
  readonly slowWindowMs: number;
}

export const defaultPatience: Patience = {
  totalTimeoutMs: 300_000,
  headTimeoutMs: 30_000,
  minBytesPerSecond: 1_000,
  slowWindowMs: 10_000,
};

/** Aborts `controller` with `fetch.timeout` unless `action` is done within `timeoutMs`. */
export async function withTimeout<Result>(
  controller: AbortController,
  url: string,
  timeoutMs: number,
  action: () => Promise<Result>,
): Promise<Result> {
  const timer = setTimeout(() => {
    controller.abort(new FetchError('fetch.timeout', `not done within ${timeoutMs} ms`, { url, timeoutMs }));
  }, timeoutMs);
  try {
    return await action();
  } finally {
    clearTimeout(timer);
  }
}

/** Aborts `controller` with `fetch.slow` as soon as a window of the body's time brought too little. */
export class SpeedWatch {
  private received = 0;
  private readonly timer: NodeJS.Timeout;

  constructor(controller: AbortController, url: string, { minBytesPerSecond, slowWindowMs }: Patience) {
    this.timer = setInterval(() => {
      const bytesPerSecond = Math.floor((this.received * 1000) / slowWindowMs);
      this.received = 0;
      if (bytesPerSecond >= minBytesPerSecond) return;
      const message = `only ${bytesPerSecond} bytes a second`;
      controller.abort(new FetchError('fetch.slow', message, { url, bytesPerSecond }));
    }, slowWindowMs);
  }

  count(length: number): void {
    this.received += length;
  }

  stop(): void {
    clearInterval(this.timer);
  }
}
