import { RindError } from '@rind/kernel';

interface CliErrors {
  'usage.invalid': { argument: string };
  /** No `rind.json` where we looked, and no address given. */
  'instance.not-found': { looked: string };
  'file.not-found': { file: string };
  /** Accepted, and not signed yet. */
  'target.not-yet': { path: string; state: string };
  'network.failed': { url: string; status: number | null; code: string | null };
}

export type CliErrorCode = keyof CliErrors;

export class CliError<Code extends CliErrorCode = CliErrorCode> extends RindError<Code, CliErrors[Code]> {}
