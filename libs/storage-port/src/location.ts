import { isStoreSegment } from './key.ts';

/** Where the objects of a repository are. Credentials are no part of it: who opens a bucket asks AWS's own chain. */
export type StoreLocation = FolderLocation | BucketLocation;

export interface FolderLocation {
  readonly kind: 'fs';
  /** Folder that holds `metadata/` and `targets/`. */
  readonly path: string;
}

export interface BucketLocation {
  readonly kind: 's3';
  /** Without a slash at its end; null: AWS's own. */
  readonly endpoint: string | null;
  readonly region: string;
  readonly bucket: string;
  /** Empty, or ends with a slash: a key is written right behind it. */
  readonly prefix: string;
}

const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const REGION = /^[a-z0-9-]{1,64}$/;

/** 3 to 63 lower-case letters, digits, dots and hyphens, as S3 takes them. */
export function isBucketName(text: string): boolean {
  return BUCKET.test(text);
}

export function isRegionName(text: string): boolean {
  return REGION.test(text);
}

/** A prefix as people write it (`a/b`, `/a/b/`, nothing) → as it stands before keys (`a/b/`, nothing), or null when keys cannot have it. */
export function bucketPrefix(text: string): string | null {
  const inner = text.replace(/^\/|\/$/g, '');
  if (inner === '') return '';
  return inner.split('/').every(isStoreSegment) ? `${inner}/` : null;
}

/** For people: the folder, or `s3://bucket/prefix`. */
export function describeLocation(location: StoreLocation): string {
  return location.kind === 'fs' ? location.path : `s3://${location.bucket}/${location.prefix}`;
}
