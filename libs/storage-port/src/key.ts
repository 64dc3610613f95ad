import { StorageError } from './errors.ts';

const SEGMENT = /^[A-Za-z0-9._+!-]+$/;
const AREAS = ['metadata', 'targets'];

/** True for `metadata/…` and `targets/…` of segments `[A-Za-z0-9._+!-]+`, none of them `.` or `..`. */
export function isStoreKey(key: string): boolean {
  const segments = key.split('/');
  return segments.length >= 2 && AREAS.includes(segments[0]!) && segments.every(isStoreSegment);
}

/** Returns the key, or throws `store.bad-key`. */
export function checkStoreKey(key: string): string {
  if (!isStoreKey(key)) throw badKey(key);
  return key;
}

/**
 * Returns a prefix that keys can have, or throws `store.bad-key`. It may be empty and may end within
 * a segment; what lies before its last `/` must be segments of a key.
 */
export function checkStorePrefix(prefix: string): string {
  const segments = prefix.split('/');
  const last = segments.pop()!;
  if (!segments.every(isStoreSegment) || (last !== '' && !SEGMENT.test(last))) throw badKey(prefix);
  return prefix;
}

/** `[A-Za-z0-9._+!-]+`, and neither `.` nor `..`. */
export function isStoreSegment(segment: string): boolean {
  return SEGMENT.test(segment) && segment !== '.' && segment !== '..';
}

function badKey(key: string): StorageError {
  return new StorageError('store.bad-key', 'not a key of the object store', { key });
}
