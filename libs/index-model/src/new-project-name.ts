import type { ProjectName } from '@rind/kernel';
import words from './data/python-words.json' with { type: 'json' };

const STANDARD_LIBRARY: ReadonlySet<string> = new Set(words.standardLibrary);

/**
 * Whether a module of Python's standard library, of any version that PyPI ever knew, has this name. Who installs such
 * a project expects the module.
 */
export function isStandardLibraryName(project: ProjectName): boolean {
  return STANDARD_LIBRARY.has(project);
}
