import { CheckpointError } from './errors.ts';

/** `PROCESS/POINT[:N]`: the Nth time that the process passes the point. */
export interface CheckpointSpec {
  readonly process: string;
  readonly point: string;
  /** From 1. */
  readonly passing: number;
}

const SPEC = /^([a-z][a-z0-9-]*)\/([a-z][a-z0-9.-]*)(?::([1-9][0-9]{0,8}))?$/;

/** Parses the value of RIND_CRASH_AT or RIND_STOP_AT. Throws `checkpoint.bad-spec`. */
export function parseCheckpointSpec(spec: string): CheckpointSpec {
  const parts = SPEC.exec(spec);
  if (parts === null)
    throw new CheckpointError('checkpoint.bad-spec', 'expected PROCESS/POINT[:N]', { spec });
  return { process: parts[1]!, point: parts[2]!, passing: Number(parts[3] ?? 1) };
}

/** The form that `parseCheckpointSpec` reads, always with its number. */
export function formatCheckpointSpec(spec: CheckpointSpec): string {
  return `${spec.process}/${spec.point}:${spec.passing}`;
}
