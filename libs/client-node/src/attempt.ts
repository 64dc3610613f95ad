/** One attempt to download one file: redirects, the head, the body. */
import { FetchError } from '@rind/client-port';
import { readBounded } from './bounded-body.ts';
import { SpeedWatch, withTimeout } from './patience.ts';
import type { Patience } from './patience.ts';

export interface AttemptOptions {
  readonly fetch: typeof globalThis.fetch;
  readonly headers: Readonly<Record<string, string>>;
  readonly patience: Patience;
  readonly maxRedirects: number;
}

/** A failure that may be gone at the next attempt; `cause` is the error to report when there is none. */
export class PassingFailure extends Error {
  constructor(cause: FetchError) {
    super(cause.message, { cause });
  }
}

/** The body, or null for 404 and 403; throws a final `FetchError` or a `PassingFailure`. */
export async function attemptDownload(
  options: AttemptOptions,
  url: string,
  maxBytes: number,
  total: AbortSignal,
): Promise<Uint8Array | null> {
  const own = new AbortController();
  const signal = AbortSignal.any([total, own.signal]);
  try {
    const response = await follow(options, url, own, signal);
    if (response.status === 200) return await readBody(options.patience, response, url, maxBytes, own);
    if (response.status === 404 || response.status === 403) return null;
    const error = failed(url, response.status);
    throw isPassing(response.status) ? new PassingFailure(error) : error;
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (error instanceof FetchError || error instanceof PassingFailure) throw error;
    throw new PassingFailure(failed(url, null, error));
  } finally {
    // Ends what is still under way: a body nobody wants, a request that came too late.
    own.abort();
  }
}

/** The first response that is no redirect. */
async function follow(
  { fetch, headers, patience, maxRedirects }: AttemptOptions,
  url: string,
  own: AbortController,
  signal: AbortSignal,
): Promise<Response> {
  let from = new URL(url);
  for (let redirects = 0; ; redirects++) {
    const response = await withTimeout(own, url, patience.headTimeoutMs, () =>
      fetch(from.href, { signal, headers, redirect: 'manual' }),
    );
    const location = isRedirect(response.status) ? response.headers.get('location') : null;
    if (location === null) return response;
    await response.body?.cancel();
    const to = URL.canParse(location, from.href) ? new URL(location, from) : null;
    if (to?.origin !== from.origin || redirects >= maxRedirects) throw failed(url, response.status);
    from = to;
  }
}

async function readBody(
  patience: Patience,
  response: Response,
  url: string,
  maxBytes: number,
  own: AbortController,
): Promise<Uint8Array> {
  const watch = new SpeedWatch(own, url, patience);
  try {
    return await readBounded(response, url, maxBytes, (length) => watch.count(length));
  } finally {
    watch.stop();
  }
}

function isRedirect(status: number): boolean {
  return [301, 302, 303, 307, 308].includes(status);
}

/** A server that is not well, or has too much to do. */
function isPassing(status: number): boolean {
  return status >= 500 || status === 408 || status === 429;
}

function failed(url: string, status: number | null, cause?: unknown): FetchError {
  const message = status === null ? 'no answer' : `answered ${status}`;
  return new FetchError('fetch.failed', message, { url, status }, { cause });
}
