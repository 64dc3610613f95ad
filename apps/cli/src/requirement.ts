import { compareVersions, parseDistribution, parseProjectName, parseVersion } from '@rind/index-model';
import type { PageFile, ProjectPage } from '@rind/index-model';
import type { ProjectName } from '@rind/kernel';
import { CliError } from './errors.ts';

export interface Requirement {
  readonly project: ProjectName;
  /** As typed; null: the newest. */
  readonly version: string | null;
}

/** `PROJECT` or `PROJECT==VERSION`. */
export function parseRequirement(text: string): Requirement {
  const [name, version, ...rest] = text.split('==');
  if (name === undefined || rest.length > 0 || version === '') {
    throw new CliError('usage.invalid', `${text} is neither PROJECT nor PROJECT==VERSION`, {
      argument: text,
    });
  }
  return { project: parseProjectName(name.trim()), version: version?.trim() ?? null };
}

/** The files of one release: the one asked for, else the newest that is neither yanked nor a pre-release, else the newest. */
export function selectFiles(
  page: ProjectPage,
  version: string | null,
  filename?: string,
): readonly PageFile[] {
  if (filename !== undefined) {
    const file = page.files.find((one) => one.filename === filename);
    if (file === undefined) throw missing(filename);
    return [file];
  }
  const wanted = version === null ? newestVersion(page) : version;
  const files =
    wanted === null
      ? []
      : page.files.filter((file) => compareVersions(versionOf(file.filename), wanted) === 0);
  if (files.length === 0) throw missing(`${page.name}${version === null ? '' : `==${version}`}`);
  return files;
}

function newestVersion(page: ProjectPage): string | null {
  const versions = page.files.map((file) => ({
    version: versionOf(file.filename),
    rank: (file.yanked === false ? 2 : 0) + (parseVersion(versionOf(file.filename)).isPrerelease ? 0 : 1),
  }));
  versions.sort((a, b) => b.rank - a.rank || compareVersions(b.version, a.version));
  return versions[0]?.version ?? null;
}

export function versionOf(filename: string): string {
  return parseDistribution(filename).version;
}

function missing(file: string): CliError {
  return new CliError('file.not-found', `no file ${file} is signed here`, { file });
}
