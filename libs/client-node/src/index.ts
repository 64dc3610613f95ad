export { CacheError } from './errors.ts';
export type { CacheErrorCode } from './errors.ts';
export { FileMetadataStore } from './file-metadata-store.ts';
export { HttpFetcher } from './http-fetcher.ts';
export type { HttpFetcherOptions } from './http-fetcher.ts';
export { defaultPatience } from './patience.ts';
export type { Patience } from './patience.ts';
export { defaultRetryPolicy } from './retry.ts';
export type { RetryPolicy } from './retry.ts';
