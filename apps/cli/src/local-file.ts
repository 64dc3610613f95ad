import { readFileSync } from 'node:fs';
import { CliError } from './errors.ts';

/** A file that the user named. `usage.invalid` when it cannot be read. */
export function readLocalFile(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new CliError(
      'usage.invalid',
      `cannot read ${path} (${errnoOf(cause)})`,
      { argument: path },
      { cause },
    );
  }
}

/** The system's name for why a file operation failed, e.g. `ENOENT`. */
export function errnoOf(error: unknown): string {
  return (error as NodeJS.ErrnoException | null)?.code ?? 'unknown';
}
