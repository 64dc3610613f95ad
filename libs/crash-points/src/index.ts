export { createCheckpoint } from './create-checkpoint.ts';
export type { CheckpointOptions } from './create-checkpoint.ts';
export {
  formatCheckpointSpec,
  markerName,
  parseCheckpointSpec,
  parseCheckpointSpecs,
} from './checkpoint-spec.ts';
export type { CheckpointSpec } from './checkpoint-spec.ts';
export { CheckpointError } from './errors.ts';
export type { CheckpointErrorCode } from './errors.ts';
