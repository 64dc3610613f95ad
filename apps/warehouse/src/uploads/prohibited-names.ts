import { readFile } from 'node:fs/promises';
import { parseProjectName } from '@rind/index-model';
import { WarehouseError } from '../errors.ts';

/**
 * The operator's list of names that nobody may register: one a line in any spelling, `#` begins a comment. Projects
 * that exist keep their names.
 * @param path null for no list
 * @returns normal forms
 * @throws WarehouseError `prohibited-names.invalid`
 */
export async function readProhibitedNames(path: string | null): Promise<ReadonlySet<string>> {
  if (path === null) return new Set();
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw invalid(path, 'the file cannot be read', cause);
  });
  return parseProhibitedNames(text, path);
}

export function parseProhibitedNames(text: string, path: string): ReadonlySet<string> {
  const names = new Set<string>();
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    const name = line.replace(/#.*$/, '').trim();
    if (name === '') continue;
    try {
      names.add(parseProjectName(name));
    } catch (cause) {
      throw invalid(path, `line ${at + 1} is no project name`, cause);
    }
  }
  return names;
}

function invalid(path: string, problem: string, cause: unknown): WarehouseError {
  return new WarehouseError('prohibited-names.invalid', `${path}: ${problem}`, { path, problem }, { cause });
}
