/**
 * A published repository as an outsider sees it: files below one place, `metadata/…` and `targets/…`. Paths are
 * written as metadata writes them; how they are encoded on the way is the reader's affair. Whatever keeps a reader
 * from knowing whether a file is there (network, permissions) it throws.
 */
export interface RepositoryReader {
  /** The whole file, null when there is none, `too-large` when it has more than `maxBytes` bytes. */
  get(path: string, maxBytes: number): Promise<Uint8Array | 'too-large' | null>;
  /** A file to be read in pieces, or null when there is none. Who does not read to the end calls `return()`. */
  openTarget(path: string): Promise<OpenedTarget | null>;
  /** Paths that begin with `prefix`, in any order; missing where the place cannot be listed. */
  list?(prefix: string): AsyncIterable<string>;
}

export interface OpenedTarget {
  /** Bytes, where the place tells it. */
  readonly length: number | null;
  readonly stream: AsyncIterable<Uint8Array>;
}
