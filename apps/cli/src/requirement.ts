import {
  compareVersions,
  parseProjectName,
  parseVersion,
  tryParseDistribution,
  tryParseVersion,
} from '@rind/index-model';
import type { PageFile, ProjectPage, Version } from '@rind/index-model';
import type { ProjectName } from '@rind/kernel';
import { CliError } from './errors.ts';

export interface Requirement {
  readonly project: ProjectName;
  /** null: the newest. */
  readonly version: Version | null;
}

/**
 * `PROJECT` or `PROJECT==VERSION`.
 * @throws CliError `usage.invalid`, IndexModelError `name.invalid`, `version.invalid`
 */
export function parseRequirement(text: string): Requirement {
  const [name = '', version, ...rest] = text.split('==');
  if (rest.length > 0 || version?.trim() === '') {
    throw new CliError('usage.invalid', `${text} is neither PROJECT nor PROJECT==VERSION`, {
      argument: text,
    });
  }
  return {
    project: parseProjectName(name.trim()),
    version: version === undefined ? null : parseVersion(version.trim()),
  };
}

/**
 * The files of one release: the one asked for, else the newest that is neither yanked nor a pre-release, else the
 * newest that is not yanked, else the newest. With `filename`, that file of it alone, or of the whole page.
 * @throws CliError `file.not-found`
 */
export function selectFiles(
  page: ProjectPage,
  version: Version | null,
  filename?: string,
): readonly PageFile[] {
  const wanted = version ?? (filename === undefined ? newestVersion(page) : null);
  const release = wanted === null ? page.files : releaseFiles(page, wanted);
  const files = filename === undefined ? release : release.filter((file) => file.filename === filename);
  if (files.length === 0) throw missing(page, version, filename);
  return files;
}

function releaseFiles(page: ProjectPage, version: Version): readonly PageFile[] {
  return page.files.filter(({ filename }) => {
    const own = versionOf(filename);
    return own !== null && compareVersions(own, version) === 0;
  });
}

function newestVersion(page: ProjectPage): Version | null {
  const candidates = page.files.flatMap(({ filename, yanked }) => {
    const version = versionOf(filename);
    return version === null
      ? []
      : [{ version, rank: (yanked === false ? 2 : 0) + (version.isPrerelease ? 0 : 1) }];
  });
  candidates.sort((a, b) => b.rank - a.rank || compareVersions(b.version, a.version));
  return candidates[0]?.version ?? null;
}

/** null for names of old that tell no version. */
function versionOf(filename: string): Version | null {
  const distribution = tryParseDistribution(filename);
  return distribution === null ? null : tryParseVersion(distribution.version);
}

function missing(
  { name, status, statusReason }: ProjectPage,
  version: Version | null,
  filename?: string,
): CliError {
  const file = filename ?? (version === null ? name : `${name}==${version.text}`);
  const why = statusReason === undefined ? '' : ` (${statusReason})`;
  const message =
    status === 'quarantined'
      ? `${name} is quarantined${why}: none of its files is offered`
      : `${file} is not signed here`;
  return new CliError('file.not-found', message, { file });
}
