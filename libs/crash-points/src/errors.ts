import { RindError } from '@rind/kernel';

interface CheckpointErrors {
  /** Not of the form `PROCESS/POINT`, `PROCESS/POINT:N` or `PROCESS/POINT:N+` with N ≥ 1. */
  'checkpoint.bad-spec': { spec: string };
  /** The process has no such point. */
  'checkpoint.unknown-point': { process: string; point: string; known: readonly string[] };
}

export type CheckpointErrorCode = keyof CheckpointErrors;

export class CheckpointError<Code extends CheckpointErrorCode = CheckpointErrorCode> extends RindError<
  Code,
  CheckpointErrors[Code]
> {}
