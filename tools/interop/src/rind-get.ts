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

/** The code of the error that `--json` prints. */
export function errorCodeOf({ stdout }: Outcome): string | null {
  for (const line of stdout.trim().split('\n').reverse()) {
    if (!line.startsWith('{')) continue;
    const { error } = JSON.parse(line) as { error?: { code?: string } };
    if (error?.code !== undefined) return error.code;
  }
  return null;
}
