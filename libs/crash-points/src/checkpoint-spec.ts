import { CheckpointError } from './errors.ts';

/** `PROCESS/POINT[:N]`: the Nth time that the process passes the point; with `:N+` that time or a later one. */
export interface CheckpointSpec {
  readonly process: string;
  readonly point: string;
  /** From 1. */
  readonly passing: number;
  /** The first passing from there on whose marker is free, instead of that one alone. */
  readonly orLater: boolean;
}

const SPEC = /^([a-z][a-z0-9-]*)\/([a-z][a-z0-9.-]*)(?::([1-9][0-9]{0,8})(\+?))?$/;

/** Parses one entry of RIND_CRASH_AT or RIND_STOP_AT. Throws `checkpoint.bad-spec`. */
export function parseCheckpointSpec(spec: string): CheckpointSpec {
  const parts = SPEC.exec(spec);
  if (parts === null)
    throw new CheckpointError('checkpoint.bad-spec', 'expected PROCESS/POINT[:N[+]]', { spec });
  return {
    process: parts[1]!,
    point: parts[2]!,
    passing: Number(parts[3] ?? 1),
    orLater: parts[4] === '+',
  };
}

/** Parses entries separated by commas, without blanks; none is refused. Throws `checkpoint.bad-spec`. */
export function parseCheckpointSpecs(specs: string): readonly CheckpointSpec[] {
  return specs.split(',').map(parseCheckpointSpec);
}

/** The form that `parseCheckpointSpec` reads, always with its number. */
export function formatCheckpointSpec(spec: CheckpointSpec): string {
  return `${spec.process}/${spec.point}:${spec.passing}${spec.orLater ? '+' : ''}`;
}

/**
 * Name of the marker that says that this has happened, in the folder RIND_STATE_DIR. Whoever makes it beforehand holds
 * an `orLater` spec back, and lets it happen at the next passing by removing it.
 */
export function markerName(what: 'crash' | 'stop', spec: CheckpointSpec): string {
  return `${what}-at.${spec.process}.${spec.point}.${spec.passing}${spec.orLater ? '+' : ''}`;
}
