import { DatabaseError } from '@rind/database';
import { Faults, parseFaultSpec } from '@rind/faults';
import { toHex } from '@rind/kernel';
import type { Randomness } from '@rind/kernel';
import type { Logger } from '@rind/nest-kit';
import type { WarehouseConfig } from './config.ts';

/**
 * Development only: what goes wrong by RIND_FAULTS; null where nothing is to.
 * @param part of the process: each chooses for itself, so that one's calls do not move the other's choices
 * @throws FaultError `faults.bad-spec`
 */
export function injectedFaults(
  { faults }: WarehouseConfig,
  part: 'store' | 'db',
  randomness: Randomness,
  logger: Logger,
): Faults | null {
  if (faults === null) return null;
  const { spec } = faults;
  const seed = faults.seed ?? toHex(randomness.bytes(4));
  logger.warn('faults.injected', { part, spec, seed });
  return new Faults({ spec: parseFaultSpec(spec), seed: `${seed}/warehouse/${part}` });
}

/** What an injected fault of the database looks like. */
export function databaseUnavailable(): DatabaseError<'database.unavailable'> {
  return new DatabaseError('database.unavailable', 'injected fault', { sqlState: null });
}
