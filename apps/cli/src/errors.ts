import { RindError } from '@rind/kernel';

interface CliErrors {
  'usage.invalid': { argument: string };
  /** No `rind.json` where we looked, and no address given. */
  'instance.not-found': { looked: string };
  'file.not-found': { file: string };
  /** A file of ours cannot be written; `errno` is the system's name for the reason, e.g. `ENOSPC`. */
  'file.unwritable': { file: string; errno: string };
  /** Accepted, and not signed yet. */
  'target.not-yet': { path: string; state: string };
  /** The index or its signer refused what the operator signed; `reason` is its code. */
  'grant.refused': { path: string; verb: string; reason: string };
  'network.failed': { url: string; status: number | null; code: string | null };
}

export type CliErrorCode = keyof CliErrors;

export class CliError<Code extends CliErrorCode = CliErrorCode> extends RindError<Code, CliErrors[Code]> {}
