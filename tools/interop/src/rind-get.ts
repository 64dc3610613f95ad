import type { Outcome } from './command.ts';
import { runRind } from './instance.ts';
import type { TufPlace } from './tuf-download.ts';

/** `rind get` of one file from any repository. */
export function getFrom(
  place: TufPlace,
  requirement: string,
  filename: string,
  out: string,
): Promise<Outcome> {
  return runRind([
    ...['get', requirement, '--file', filename, '--out', out, '--json'],
    ...['--metadata-url', place.metadataUrl, '--target-base-url', place.targetsUrl],
    ...['--root', place.root, '--dir', place.cache],
  ]);
}

/** What `--json` prints of a refusal; `role` and `spec` are null where no step of the specification was at hand. */
export interface PrintedError {
  readonly code: string;
  readonly role: string | null;
  readonly reason: string | null;
  readonly spec: string | null;
}

/** The error that `--json` prints. */
export function errorOf({ stdout }: Outcome): PrintedError | null {
  for (const line of stdout.trim().split('\n').reverse()) {
    if (!line.startsWith('{')) continue;
    const { error } = JSON.parse(line) as { error?: PrintedError };
    if (error?.code !== undefined) return error;
  }
  return null;
}

/** The code of the error that `--json` prints. */
export function errorCodeOf(outcome: Outcome): string | null {
  return errorOf(outcome)?.code ?? null;
}
