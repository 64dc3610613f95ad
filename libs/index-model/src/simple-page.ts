import { canonicalBytes } from '@rind/canonical-json';
import type { JsonObject, ProjectName } from '@rind/kernel';
import { tryParseDistribution } from './filename.ts';
import type { ProjectStatus } from './grant.ts';
import { compareVersions } from './version-order.ts';
import type { Version } from './version.ts';

/** What a project's page says of one file. */
export interface PageFile {
  readonly filename: string;
  /** 64 lower-case hex digits. */
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
  /** `yyyy-mm-ddThh:mm:ss.ffffffZ` */
  readonly uploadTime: string;
  readonly requiresPython?: string;
  /** A text is the reason; an empty one counts as none. */
  readonly yanked: boolean | string;
  /** Checksum of the file's core metadata, where it is served (PEP 658). */
  readonly coreMetadataSha256?: string;
  /** Checksum of the file's provenance, where it has one (PEP 740). */
  readonly provenanceSha256?: string;
}

/** What an installer is told of a project; exactly these facts are signed. */
export interface ProjectPage {
  readonly name: ProjectName;
  readonly status: ProjectStatus;
  readonly statusReason?: string;
  readonly files: readonly PageFile[];
  /**
   * Tells pages apart that say the same: another number, other bytes and another hash. Rendered as `_edition`, since
   * PEP 691 leaves keys that begin with an underscore to the index.
   */
  readonly edition?: number;
}

/** PEP 700, 740, 792; HTML is frozen at the same (PEP 833). */
export const simpleApiVersion = '1.4';

/**
 * The page as it is signed and served: canonical JSON of PEP 691 with PEP 592, 700, 714 and 792. URLs are relative
 * and nothing in it changes with the place or time of serving. The same facts give the same bytes, in whatever
 * order they come. A quarantined project offers no files (PEP 792).
 */
export function renderProjectPage(page: ProjectPage): Uint8Array {
  const { name, status, statusReason, edition } = page;
  const listed = listedFiles(page);
  return canonicalBytes({
    meta: { 'api-version': simpleApiVersion },
    name,
    'project-status': { status, ...(statusReason ? { reason: statusReason } : {}) },
    versions: versionsOf(listed),
    files: listed.map(({ file }) => fileEntry(name, file)),
    ...(edition === undefined ? {} : { _edition: edition }),
  });
}

/** Where a file is, seen from its project's page. */
export function relativeFileUrl(project: ProjectName, { sha256, filename }: PageFile): string {
  return `../../packages/${project}/${sha256}/${filename}`;
}

/**
 * Where a file's provenance is (PEP 740), seen from its project's page, with the checksum of the document; null
 * where there is none, or where the file's name tells no version.
 */
export function relativeProvenanceUrl(
  project: ProjectName,
  { filename, provenanceSha256 }: Pick<PageFile, 'filename' | 'provenanceSha256'>,
): string | null {
  const version = tryParseDistribution(filename)?.parsedVersion.text;
  if (provenanceSha256 === undefined || version === undefined) return null;
  return `../../integrity/${project}/${version}/${filename}/provenance#sha256=${provenanceSha256}`;
}

/** The files that a page offers, by version and then by name; names without a version come last. */
export function offeredFiles(page: ProjectPage): readonly PageFile[] {
  return listedFiles(page).map(({ file }) => file);
}

interface ListedFile {
  readonly file: PageFile;
  readonly version: Version | null;
}

function listedFiles({ status, files }: ProjectPage): readonly ListedFile[] {
  if (status === 'quarantined') return [];
  return files
    .map((file) => ({ file, version: tryParseDistribution(file.filename)?.parsedVersion ?? null }))
    .sort((a, b) => byVersion(a.version, b.version) || byCodeUnit(a.file.filename, b.file.filename));
}

function byVersion(a: Version | null, b: Version | null): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return compareVersions(a, b);
}

function byCodeUnit(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Each release once, in order: of equal spellings (`1.0`, `1`) the first file's. */
function versionsOf(files: readonly ListedFile[]): string[] {
  const versions: Version[] = [];
  for (const { version } of files) {
    const last = versions.at(-1);
    if (version !== null && (last === undefined || compareVersions(last, version) !== 0))
      versions.push(version);
  }
  return versions.map(({ text }) => text);
}

function fileEntry(project: ProjectName, file: PageFile): JsonObject {
  const { filename, sha256, size, uploadTime, requiresPython, yanked, coreMetadataSha256 } = file;
  const provenance = relativeProvenanceUrl(project, file);
  return {
    filename,
    url: relativeFileUrl(project, file),
    hashes: { sha256 },
    size,
    'upload-time': uploadTime,
    yanked: yanked === '' ? true : yanked,
    ...(requiresPython ? { 'requires-python': requiresPython } : {}),
    ...(coreMetadataSha256 === undefined ? {} : { 'core-metadata': { sha256: coreMetadataSha256 } }),
    ...(provenance === null ? {} : { provenance }),
  };
}
