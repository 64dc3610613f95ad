/**
 * The object store of a TUF repository. Keys are `metadata/…` and `targets/…`, segments of
 * `[A-Za-z0-9._+!-]`, no empty, `.` or `..` segment. Two backends, one contract (`./contract`).
 *
 * Promises every backend keeps:
 * 1. An object is visible whole or not at all.
 * 2. `putNew` never changes an existing object.
 * 3. `replaceIf` is a compare-and-swap that holds across paused processes: a caller whose tag is
 *    not the newest cannot make the object go back, whenever it wakes up.
 * 4. After `sync(keys)` returns, those objects survive a power cut; `replaceIf` is durable by itself.
 */
export interface ObjectStore {
  /**
   * Creates an object, whole or not at all. `created`: it is new. `identical`: the very same bytes were there.
   * Other bytes under that key: `store.conflict`.
   */
  putNew(key: string, body: ObjectBody): Promise<PutOutcome>;
  /**
   * Replaces (or, with `tag` null, creates) a small object if its tag is still `tag`; returns the new tag.
   * Otherwise `store.precondition-failed`.
   *
   * Callers never give one key the same bytes twice: a backend may tell states apart by their bytes, and may take
   * bytes that are there already for the work of an earlier call whose answer was lost.
   */
  replaceIf(key: string, bytes: Uint8Array, tag: Tag | null): Promise<Tag>;
  /** The whole object, at most `maxBytes` (else `store.too-large`), or null when there is none. */
  get(key: string, maxBytes: number): Promise<StoredObject | null>;
  /**
   * A stream of the object or of the byte range `[start, end]` (inclusive, cut to the object), or null
   * when there is none. Who does not read it to the end calls `return()` on its iterator.
   */
  open(key: string, range?: ByteRange): Promise<OpenedObject | null>;
  /** Length and SHA-256 of the stored bytes as the store itself vouches for (computed when it must), or null. */
  stat(key: string): Promise<ObjectStat | null>;
  /** Keys that begin with `prefix` (which may end within a segment), in code point order, page by page. */
  list(prefix: string): AsyncIterable<string>;
  /** Deletes an object; absent is fine. Not part of the compare-and-swap of `replaceIf`. */
  delete(key: string): Promise<void>;
  /** Makes earlier `putNew` calls for these keys durable. */
  sync(keys: readonly string[]): Promise<void>;
}

/** Bytes in memory, or a finished file of the local disk that the store may link or read. */
export type ObjectBody =
  Uint8Array | { readonly path: string; readonly length: number; readonly sha256: string };

export type PutOutcome = 'created' | 'identical';

/** Opaque: names one state of one object. */
export type Tag = string & { readonly __tag: unique symbol };

export interface StoredObject {
  readonly bytes: Uint8Array;
  readonly tag: Tag;
}

export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export interface OpenedObject {
  /** Length of the whole object in bytes. */
  readonly length: number;
  readonly stream: AsyncIterable<Uint8Array>;
}

export interface ObjectStat {
  readonly length: number;
  /** Lower-case hex. */
  readonly sha256: string;
}

export { StorageError } from './errors.ts';
export { checkStoreKey, checkStorePrefix, isStoreKey } from './key.ts';
export type { StorageErrorCode } from './errors.ts';
export { bucketPrefix, describeLocation, isBucketName, isRegionName } from './location.ts';
export type { BucketLocation, FolderLocation, StoreLocation } from './location.ts';
