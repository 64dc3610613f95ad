import { RindError } from '@rind/kernel';

interface RepositoryErrors {
  'bins.bad-count': { count: number };
  /** The bin would pass the size at which clients stop reading. */
  'bin.too-large': { role: string; bytes: number; maxBytes: number };
  /** A stored bin, snapshot or timestamp is not what the committed metadata names. */
  'store.corrupt': { role: string; version: number; reason: string };
  'store.missing': { role: string; version: number };
}

export type RepositoryErrorCode = keyof RepositoryErrors;

export class RepositoryError<Code extends RepositoryErrorCode = RepositoryErrorCode> extends RindError<
  Code,
  RepositoryErrors[Code]
> {}
