import { HttpFetcher } from '@rind/client-node';
import type { OpenedTarget, RepositoryReader } from '@rind/fsck';
import { isRindError, messageOf } from '@rind/kernel';
import { CliError } from '../errors.ts';

/** No byte for so long, and the transfer counts as failed. */
const stallMs = 60_000;
const attempts = 3;

/** A repository behind a web server; nothing can be listed there. Reads bytes as published, never decoded ones. */
export function openWebsite(base: string): RepositoryReader {
  const fetcher = new HttpFetcher();
  const urlOf = (path: string): string => `${base.replace(/\/+$/, '')}/${encodePath(path)}`;
  return {
    async get(path, maxBytes) {
      try {
        return await fetcher.fetch(urlOf(path), maxBytes);
      } catch (error) {
        if (isRindError(error, 'fetch.too-large')) return 'too-large';
        throw error;
      }
    },
    openTarget: (path) => openStream(urlOf(path)),
  };
}

/** A slash belongs to the name of a role, and to the folders of a target. */
function encodePath(path: string): string {
  if (!path.startsWith('metadata/')) return path.split('/').map(encodeSegment).join('/');
  return `metadata/${encodeSegment(path.slice('metadata/'.length))}`;
}

/** Everything but unreserved characters (RFC 3986 §2.3). */
function encodeSegment(segment: string): string {
  return encodeURIComponent(segment).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

async function openStream(url: string): Promise<OpenedTarget | null> {
  for (let attempt = 1; ; attempt++) {
    const stall = new AbortController();
    const timer = setTimeout(() => stall.abort(), stallMs);
    try {
      const response = await fetch(url, { signal: stall.signal, headers: { 'accept-encoding': 'identity' } });
      if (response.status === 200 && response.body !== null) {
        return { length: lengthOf(response), stream: piecesOf(url, response.body, stall) };
      }
      await response.body?.cancel();
      if (response.status === 404 || response.status === 403) return null;
      if (response.status < 500 || attempt === attempts) throw failed(url, response.status);
    } catch (error) {
      if (error instanceof CliError || attempt === attempts) throw asFailure(url, error);
    } finally {
      clearTimeout(timer);
    }
    await new Promise((resolve) => setTimeout(resolve, 500 * attempt));
  }
}

async function* piecesOf(
  url: string,
  body: AsyncIterable<Uint8Array>,
  stall: AbortController,
): AsyncGenerator<Uint8Array> {
  const timer = setTimeout(() => stall.abort(), stallMs);
  let isRead = false;
  try {
    for await (const piece of body) {
      timer.refresh();
      yield piece;
    }
    isRead = true;
  } catch (error) {
    throw asFailure(url, error);
  } finally {
    clearTimeout(timer);
    if (!isRead) stall.abort();
  }
}

function lengthOf(response: Response): number | null {
  const text = response.headers.get('content-length');
  return text === null ? null : Number(text);
}

function asFailure(url: string, error: unknown): CliError {
  return error instanceof CliError ? error : failed(url, null, error);
}

function failed(url: string, status: number | null, cause?: unknown): CliError {
  const why = status === null ? messageOf(cause) : `answered ${status}`;
  return new CliError('network.failed', `${url}: ${why}`, { url, status, code: null }, { cause });
}
