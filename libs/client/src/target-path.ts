import type { TargetPath } from '@rind/kernel';
import { ClientError } from './errors.ts';

/** Every control character, the backslash, and halves of surrogate pairs, which have no UTF-8 form. */
const UNSAFE = /[\p{Control}\p{Surrogate}\\]/u;

/**
 * `target.bad-path` unless the path is relative, stays below its base on every platform, and has no segment that is
 * empty, `.` or `..`.
 */
export function safeTargetPath(path: string): TargetPath {
  const segments = path.split('/');
  if (
    UNSAFE.test(path) ||
    segments.some((segment) => segment === '' || segment === '.' || segment === '..')
  ) {
    throw new ClientError('target.bad-path', { role: 'targets', spec: 'TUF 1.0.34 §4.5' }, { path });
  }
  return path as TargetPath;
}

/** The path as part of a URL; with `digest`, the consistent snapshot's name `dir/DIGEST.file` (TUF 1.0.34 §5.7.3). */
export function targetUrlPath(path: TargetPath, digest: string | null): string {
  const segments = path.split('/').map(encodePathSegment);
  const file = segments.pop()!;
  return [...segments, digest === null ? file : `${digest}.${file}`].join('/');
}

/** Percent-encodes everything but unreserved characters (RFC 3986 §2.3), the slash too. */
export function encodePathSegment(segment: string): string {
  return encodeURIComponent(segment).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
