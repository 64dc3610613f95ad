import { createCheckpoint } from '@rind/crash-points';
import { noCheckpoint } from '@rind/kernel';
import type { Checkpoint } from '@rind/kernel';
import type { WarehouseConfig } from './config.ts';

/** Points of an upload at which a test may kill or stop this process, in the order in which it passes them. */
export const warehousePoints = ['after-spool', 'after-blob', 'before-commit', 'after-commit'] as const;

export function checkpointOf({ checkpoints: { stateDir, crashAt, stopAt } }: WarehouseConfig): Checkpoint {
  if (stateDir === undefined) return noCheckpoint;
  return createCheckpoint({
    process: 'warehouse',
    stateDir,
    knownPoints: warehousePoints,
    ...(crashAt === undefined ? {} : { crashAt }),
    ...(stopAt === undefined ? {} : { stopAt }),
  });
}
