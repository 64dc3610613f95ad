import { RindError } from '@rind/kernel';

interface CacheErrors {
  /** The cache folder cannot be read or written; `errno` is the system's name for the reason, e.g. `EACCES`, `ENOSPC`. */
  'cache.unavailable': { path: string; errno: string };
}

export type CacheErrorCode = keyof CacheErrors;

export class CacheError<Code extends CacheErrorCode = CacheErrorCode> extends RindError<
  Code,
  CacheErrors[Code]
> {}
