import { S3Client } from '@aws-sdk/client-s3';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { DEFAULT_CONNECT_TIMEOUT_MS, DEFAULT_REQUEST_TIMEOUT_MS } from './options.ts';
import type { S3StoreOptions } from './options.ts';

/** A client and the one place of one bucket that it is used for. */
export interface Bucket {
  readonly client: S3Client;
  readonly name: string;
  readonly prefix: string;
  /** How long an answer under way may make no progress. */
  readonly stallMs: number;
}

/** Connects lazily: nothing is asked yet. */
export function openBucket(options: S3StoreOptions): Bucket {
  if (options.prefix !== '' && !/^[^/].*\/$/.test(options.prefix)) {
    throw new TypeError('a prefix is empty or ends in /, and does not begin with /');
  }
  const stallMs = options.requestTimeoutMs ?? DEFAULT_REQUEST_TIMEOUT_MS;
  const client = new S3Client({
    region: options.region,
    ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint }),
    forcePathStyle: options.forcePathStyle ?? options.endpoint !== undefined,
    ...(options.credentials === undefined ? {} : { credentials: { ...options.credentials } }),
    // Only the store knows which call may be made again, and how its outcome is read.
    maxAttempts: 1,
    // Every body is sent with a SHA-256 of ours; what comes back is verified by whoever knows the right hash,
    // who must see damaged bytes as such and not as a store that does not answer.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    expectContinueHeader: false,
    // Failures are thrown or told to `onRetry`; without a logger the client writes to the console.
    logger: { trace() {}, debug() {}, info() {}, warn() {}, error() {} },
    requestHandler: new NodeHttpHandler({
      connectionTimeout: options.connectTimeoutMs ?? DEFAULT_CONNECT_TIMEOUT_MS,
      socketTimeout: stallMs,
      // The calls are counted before they get here.
      httpAgent: { keepAlive: true, maxSockets: Infinity },
      httpsAgent: { keepAlive: true, maxSockets: Infinity },
    }),
  });
  return { client, name: options.bucket, prefix: options.prefix, stallMs };
}

/** The two names that every request about one object carries. */
export function address(bucket: Bucket, key: string): { Bucket: string; Key: string } {
  return { Bucket: bucket.name, Key: bucket.prefix + key };
}
