export { openS3Store } from './s3-store.ts';
export type { S3Store } from './s3-store.ts';
export { proveConditionalWrites } from './conditional-writes.ts';
export type { S3Promise } from './conditional-writes.ts';
export type { S3Credentials, S3Operation, S3Retry, S3StoreOptions } from './options.ts';
export { S3_STORE_POINTS } from './checkpoints.ts';
export type { S3StorePoint } from './checkpoints.ts';
