import { isStandardLibraryName, normalizeName } from '@rind/index-model';

/** What the database knows about a name that no project has. */
export interface NewProjectFacts {
  /** A project whose name looks the same, if there is one. */
  readonly lookAlike: string | null;
}

export type NewProjectProblem =
  'project.name-stdlib' | 'project.name-prohibited' | 'project.name-too-similar';

/** Why a project may not be created under a name, in PyPI's order; nothing when it exists already. */
export function newProjectProblem(
  project: string,
  facts: NewProjectFacts | null,
  prohibited: ReadonlySet<string>,
): NewProjectProblem | undefined {
  if (facts === null) return undefined;
  if (isStandardLibraryName(normalizeName(project))) return 'project.name-stdlib';
  if (prohibited.has(project)) return 'project.name-prohibited';
  return facts.lookAlike === null ? undefined : 'project.name-too-similar';
}
