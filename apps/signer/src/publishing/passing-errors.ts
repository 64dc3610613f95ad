import { isRindError } from '@rind/kernel';
import type { RindError } from '@rind/kernel';

const passing = new Set([
  'store.unavailable',
  'store.full',
  'queue.unavailable',
  'database.unavailable',
  'database.serialization',
  'key.unavailable',
  'pool.full',
  'pool.crashed',
  'pool.timeout',
]);

/** Trouble that passes: the very same step is made again. */
export function isPassing(error: unknown): error is RindError {
  return isRindError(error) && passing.has(error.code);
}
