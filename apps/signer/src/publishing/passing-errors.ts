import { isRindError } from '@rind/kernel';
import type { RindError } from '@rind/kernel';
import { passes } from '@rind/repository';

/** Trouble that passes: the very same step is made again. */
export function isPassing(error: unknown): error is RindError {
  return isRindError(error) && passes(error.code);
}
