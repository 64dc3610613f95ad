import {
  closeSync,
  fsyncSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { equalBytes } from '@rind/kernel';
import { CliError } from '../errors.ts';
import { errnoOf, readLocalFile } from '../local-file.ts';

/** Writes a file that must not be there yet; the same bytes under that name are fine. `file.unwritable` otherwise. */
export function writeOnce(path: string, bytes: Uint8Array): void {
  try {
    writeDurably(path, 'wx', bytes);
  } catch (cause) {
    if (errnoOf(cause) === 'EEXIST' && equalBytes(readLocalFile(path), bytes)) return;
    throw unwritable(path, cause);
  }
}

/** Replaces a file whole: a reader sees the old one or the new one. `file.unwritable` when that fails. */
export function replaceFile(path: string, bytes: Uint8Array): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    writeDurably(temporary, 'w', bytes);
    renameSync(temporary, path);
  } catch (cause) {
    rmSync(temporary, { force: true });
    throw unwritable(path, cause);
  }
}

/** The files themselves; of a folder, all that end with `.sig.json`, by name. */
export function signatureFiles(paths: readonly string[]): string[] {
  return paths.flatMap((path) => {
    if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return [path];
    const names = readdirSync(path).filter((name) => name.endsWith('.sig.json'));
    return names.toSorted().map((name) => join(path, name));
  });
}

/** A medium that is pulled out after the command must have everything. */
function writeDurably(path: string, flag: 'w' | 'wx', bytes: Uint8Array): void {
  const file = openSync(path, flag, 0o644);
  try {
    let at = 0;
    while (at < bytes.length) at += writeSync(file, bytes, at);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function unwritable(path: string, cause: unknown): CliError {
  const errno = errnoOf(cause);
  return new CliError('file.unwritable', `cannot write ${path} (${errno})`, { file: path, errno }, { cause });
}
