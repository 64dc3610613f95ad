import type { Checkpoint, Randomness } from '@rind/kernel';

/** Where the objects are and how patiently they are asked for. */
export interface S3StoreOptions {
  /** Address of a server other than AWS's own, such as `http://127.0.0.1:7070`. */
  readonly endpoint?: string;
  readonly region: string;
  readonly bucket: string;
  /** Put before every key; empty, or ends in `/`. */
  readonly prefix: string;
  /** The bucket in the path instead of the host name; by default so wherever an endpoint is given. */
  readonly forcePathStyle?: boolean;
  /** By default AWS's own chain (environment, profile, role of the machine). */
  readonly credentials?: S3Credentials;
  /** Calls under way at the same time; more wait. Streams that `open` gave do not count. Default 64. */
  readonly maxConcurrency?: number;
  /** Tries for each call, the first among them. Default 5. */
  readonly attempts?: number;
  /** Default 3,000. */
  readonly connectTimeoutMs?: number;
  /** How long a call may make no progress, not one byte either way, before it counts as failed. Default 15,000. */
  readonly requestTimeoutMs?: number;
  /** Called at each of {@link S3_STORE_POINTS}. */
  readonly checkpoint?: Checkpoint;
  /** Told of each failure after which a call is made again. */
  readonly onRetry?: (retry: S3Retry) => void;
  /** Spreads the waits between tries. */
  readonly randomness?: Randomness;
}

export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** One failure after which a call is made again. */
export interface S3Retry {
  readonly operation: S3Operation;
  /** Key of the store, or prefix of a listing. */
  readonly key: string;
  /** Which try failed, counted from 1. */
  readonly attempt: number;
  /** Wait before the next one. */
  readonly delayMs: number;
  readonly cause: unknown;
}

export type S3Operation = 'putNew' | 'replaceIf' | 'get' | 'open' | 'stat' | 'list' | 'delete' | 'probe';

export const DEFAULT_MAX_CONCURRENCY = 64;
export const DEFAULT_ATTEMPTS = 5;
export const DEFAULT_CONNECT_TIMEOUT_MS = 3_000;
export const DEFAULT_REQUEST_TIMEOUT_MS = 15_000;
