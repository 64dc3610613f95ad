import { UploadFields } from '@rind/index-model';
import type { FormFields, PageFile, ProjectStatus, Version } from '@rind/index-model';
import type { ProjectName } from '@rind/kernel';

/** A file that is published, as the signed page states it, with what its upload said beside the signed facts. */
export interface ReleasedFile extends PageFile {
  /** Null where the file came in by an operator's import. */
  readonly upload: UploadedFacts | null;
}

/** What only the warehouse knows of a file: none of it is signed. */
export interface UploadedFacts {
  readonly packageType: string;
  readonly pythonVersion: string;
  /** Lower-case hex. */
  readonly md5: string;
  readonly blake2b256: string;
  /** The form as it came, without the file. */
  readonly form: FormFields;
}

/** All files of one version, in the order of the signed page. */
export interface Release {
  readonly version: Version;
  readonly files: readonly ReleasedFile[];
}

/** A project as people and scripts read of it. */
export interface ReleasedProject {
  readonly name: ProjectName;
  /** As its first author wrote it. */
  readonly displayName: string;
  readonly status: ProjectStatus;
  readonly statusReason: string | null;
  /** Of the signed page, lower-case hex. */
  readonly pageSha256: string;
  /** Number of the publication that last changed it. */
  readonly serial: number;
  /** By version, oldest first. */
  readonly releases: readonly Release[];
}

/** The first text that anybody gave as reason; null when the release is offered. A release counts as yanked when all its files are. */
export function yankOf({ files }: Release): { readonly reason: string | null } | null {
  if (files.length === 0 || !files.every(({ yanked }) => yanked !== false)) return null;
  const reasons = files.map(({ yanked }) => yanked).filter((yanked) => typeof yanked === 'string');
  return { reason: reasons.find((reason) => reason !== '') ?? null };
}

/** The upload that said first what the release is; the page's order is by name. Null where nothing was uploaded. */
export function describingUpload({ files }: Release): UploadedFacts | null {
  const uploaded = files.filter(({ upload }) => upload !== null);
  const first = uploaded.toSorted((a, b) => (a.uploadTime < b.uploadTime ? -1 : 1))[0];
  return first?.upload ?? null;
}

/** What the authors say of a release; nothing where nothing was uploaded. None of it is signed. */
export function saidOf(release: Release | null | undefined): UploadFields {
  return new UploadFields((release && describingUpload(release)?.form) ?? []);
}

/**
 * The release that a project shows of itself, as PyPI chooses: not yanked before yanked, final before pre-release,
 * then the highest. `releases` oldest first.
 */
export function latestRelease(releases: readonly Release[]): Release | undefined {
  const rank = (release: Release): number =>
    (yankOf(release) === null ? 0 : 2) + (release.version.isPrerelease ? 1 : 0);
  return releases.toReversed().sort((a, b) => rank(a) - rank(b))[0];
}
