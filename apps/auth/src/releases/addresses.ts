import { isFilename, isProjectName, tryParseVersion } from '@rind/index-model';
import type { ProjectName } from '@rind/kernel';
import { AuthError } from '../errors.ts';
import { fileVerbs } from './change-plan.ts';
import type { ChangeSubject, FileVerb, StatusVerb } from './change-plan.ts';

/** Page of a project. */
export function projectPath(project: ProjectName): string {
  return `/manage/project/${project}/`;
}

/** @param version PEP 440 normal form */
export function releasePath(project: ProjectName, version: string): string {
  return `${projectPath(project)}release/${encodeURIComponent(version)}/`;
}

/** The page on which a change is confirmed, and where the confirmation goes. */
export function changePath(subject: ChangeSubject): string {
  const { project, verb } = subject;
  if (subject.of === 'project') return `${projectPath(project)}status/${verb}/`;
  if (subject.of === 'release') return `${releasePath(project, subject.version)}${verb}/`;
  return `${projectPath(project)}file/${encodeURIComponent(subject.filename)}/${verb}/`;
}

/** Parameters of an address, as the router decoded them. */
export type Parameters = Readonly<Record<string, string | undefined>>;

/** Only the normalised spelling is an address. @throws AuthError `project.unknown` */
export function projectOf({ project = '' }: Parameters): ProjectName {
  if (isProjectName(project)) return project;
  throw new AuthError('project.unknown', 'there is no such project', {});
}

/** @throws AuthError `release.unknown` */
export function versionOf({ version = '' }: Parameters): string {
  const parsed = tryParseVersion(version);
  if (parsed !== null) return parsed.text;
  throw unknown();
}

/** @throws AuthError `project.unknown`, `release.unknown` */
export function subjectOf(parameters: Parameters): ChangeSubject {
  const project = projectOf(parameters);
  const { verb, version, filename } = parameters;
  if (version === undefined && filename === undefined) {
    if (verb === 'archive' || verb === 'unarchive') {
      return { of: 'project', project, verb: verb satisfies StatusVerb };
    }
    throw unknown();
  }
  if (!fileVerbs.includes(verb as FileVerb)) throw unknown();
  if (filename === undefined) {
    return { of: 'release', project, version: versionOf(parameters), verb: verb as FileVerb };
  }
  if (!isFilename(filename)) throw unknown();
  return { of: 'file', project, filename, verb: verb as FileVerb };
}

function unknown(): AuthError {
  return new AuthError('release.unknown', 'no such release, file or change', {});
}
