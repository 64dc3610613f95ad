/** Downloads one file. Implementations bound time and size; the client bounds size again. */
export interface Fetcher {
  /**
   * The body, at most `maxBytes` long (`fetch.too-large` as soon as more arrives), or null for 404/403.
   * Other failures: `fetch.failed`.
   */
  fetch(url: string, maxBytes: number): Promise<Uint8Array | null>;
}

/** Where the client keeps trusted metadata between runs. Names are `root`, `timestamp`, `snapshot`, `bin-0a3f`… */
export interface MetadataStore {
  read(role: string): Promise<Uint8Array | null>;
  /** Atomic: a reader sees the old bytes or the new. */
  write(role: string, bytes: Uint8Array): Promise<void>;
  delete(role: string): Promise<void>;
}

export { FetchError } from './errors.ts';
export type { FetchErrorCode } from './errors.ts';
