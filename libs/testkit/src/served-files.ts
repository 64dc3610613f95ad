import { FetchError } from '@rind/client-port';
import type { Fetcher } from '@rind/client-port';
import { concatBytes, utf8 } from '@rind/kernel';

/**
 * How a path misbehaves:
 * `missing` 404; `unreachable` a network or server error; `slow` a transfer below the minimum speed;
 * `endless` a body without end, which the fetcher cuts at its limit (`fetch.too-large`);
 * `oversized` the same through a careless fetcher that hands over one byte more than it was allowed;
 * `garbage` bytes that are no JSON; `truncated` the first half of the file.
 */
export type Fault = 'missing' | 'unreachable' | 'slow' | 'endless' | 'oversized' | 'garbage' | 'truncated';

export interface FetchRequest {
  /** Below the base URL, e.g. `metadata/timestamp.json`. */
  readonly path: string;
  readonly maxBytes: number;
}

/** A web server in memory, seen through a `Fetcher`. */
export class ServedFiles implements Fetcher {
  readonly baseUrl: string;
  /** Everything asked for, in order. */
  readonly requests: FetchRequest[] = [];
  private readonly files = new Map<string, Uint8Array>();
  private readonly faults = new Map<string, Fault>();

  /** @param baseUrl ends in `/` */
  constructor(baseUrl: string) {
    this.baseUrl = baseUrl;
  }

  put(path: string, bytes: Uint8Array): void {
    this.files.set(path, bytes);
  }

  get(path: string): Uint8Array | null {
    return this.files.get(path) ?? null;
  }

  remove(path: string): void {
    this.files.delete(path);
  }

  paths(): readonly string[] {
    return [...this.files.keys()];
  }

  /** From now on `path` misbehaves, whether it exists or not. */
  fault(path: string, fault: Fault): void {
    this.faults.set(path, fault);
  }

  /** Ends the fault of one path, or all of them. */
  heal(path?: string): void {
    if (path === undefined) this.faults.clear();
    else this.faults.delete(path);
  }

  /** How often `path` was asked for. */
  requestCount(path: string): number {
    return this.requests.filter((request) => request.path === path).length;
  }

  async fetch(url: string, maxBytes: number): Promise<Uint8Array | null> {
    if (!url.startsWith(this.baseUrl)) throw failed(url, null);
    const path = url.slice(this.baseUrl.length);
    this.requests.push({ path, maxBytes });
    const bytes = this.files.get(path);
    switch (this.faults.get(path)) {
      case 'missing':
        return null;
      case 'unreachable':
        throw failed(url, 503);
      case 'slow':
        throw new FetchError('fetch.slow', 'below the minimum speed', { url, bytesPerSecond: 1 });
      case 'endless':
        throw tooLarge(url, maxBytes);
      case 'oversized':
        return padded(bytes ?? utf8('{'), maxBytes + 1);
      case 'garbage':
        return utf8('<!doctype html><title>503</title>'.slice(0, maxBytes));
      case 'truncated':
        return bytes === undefined ? null : bytes.slice(0, bytes.length >> 1);
      case undefined:
    }
    if (bytes === undefined) return null;
    if (bytes.length > maxBytes) throw tooLarge(url, maxBytes);
    return bytes.slice();
  }
}

/** JSON may end in white space, so only a size limit can refuse this. */
function padded(bytes: Uint8Array, length: number): Uint8Array {
  return concatBytes(bytes, new Uint8Array(Math.max(0, length - bytes.length)).fill(0x20));
}

function failed(url: string, status: number | null): FetchError {
  return new FetchError('fetch.failed', 'the server did not answer with the file', { url, status });
}

function tooLarge(url: string, maxBytes: number): FetchError {
  return new FetchError('fetch.too-large', 'more bytes than allowed', { url, maxBytes });
}
