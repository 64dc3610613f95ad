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
  /** Handed over, and the signer has not put it into effect within the time that was waited. */
  'ceremony.not-in-effect': { role: string; version: number; waitedMs: number };
  /** None of the signers of the instance is the writer: `tried` are their addresses. */
  'writer.not-found': { tried: readonly string[] };
  /** The index or its signer does not take a file; `reason` is its code. */
  'upload.refused': { file: string; reason: string };
  /** The sweep ended early; `reason` is the signer's code. */
  'gc.failed': { reason: string };
  /** A file of a repository is there and cannot be read; `errno` is the system's name for the reason. */
  'store.unreadable': { file: string; errno: string };
  /** A signer holds the writer lease and goes on renewing it. */
  'recovery.writer-active': { waitedMs: number };
  'network.failed': { url: string; status: number | null; code: string | null };
}

export type CliErrorCode = keyof CliErrors;

export class CliError<Code extends CliErrorCode = CliErrorCode> extends RindError<Code, CliErrors[Code]> {}
