import { parseJson } from '@rind/canonical-json';
import { RindError } from '@rind/kernel';
import type { JsonObject, JsonValue } from '@rind/kernel';
import { IndexModelError } from './errors.ts';
import { isFilename } from './filename.ts';
import type { ProjectStatus } from './grant.ts';
import { isProjectName } from './project-name.ts';
import { relativeFileUrl, relativeProvenanceUrl } from './simple-page.ts';
import type { PageFile, ProjectPage } from './simple-page.ts';
import { isUploadTime } from './upload-time.ts';

const STATUSES: readonly unknown[] = ['active', 'archived', 'quarantined', 'deprecated'];
const SHA256 = /^[0-9a-f]{64}$/;

/**
 * Reads a signed page. Members that this version does not know are passed over; what it knows must be as
 * `renderProjectPage` writes it, each URL the one that its file's name and checksum give.
 * @throws IndexModelError `page.malformed`
 */
export function parseProjectPage(bytes: Uint8Array): ProjectPage {
  const page = object(parse(bytes), 'page');
  const { name, status, reason } = headOf(page);
  const files = page['files'];
  if (!Array.isArray(files)) throw malformed('files is not a list');
  const seen = new Set<string>();
  const parsed = files.map((file: JsonValue) => {
    const entry = fileOf(object(file, 'file'));
    if (seen.has(entry.filename)) throw malformed('a file is listed twice');
    seen.add(entry.filename);
    if (object(file, 'file')['url'] !== relativeFileUrl(name, entry))
      throw malformed('url is not the file’s');
    if ((object(file, 'file')['provenance'] ?? null) !== relativeProvenanceUrl(name, entry))
      throw malformed('provenance is not the file’s');
    return entry;
  });
  return { name, status, ...(reason === undefined ? {} : { statusReason: reason }), files: parsed };
}

function headOf(page: JsonObject) {
  const apiVersion = object(page['meta'], 'meta')['api-version'];
  if (typeof apiVersion !== 'string' || !/^1\.[0-9]+$/.test(apiVersion)) {
    throw malformed('api-version is not 1.x');
  }
  const name = page['name'];
  if (typeof name !== 'string' || !isProjectName(name)) throw malformed('name is not a normal project name');
  const { status = 'active', reason } = object(page['project-status'] ?? {}, 'project-status');
  if (!STATUSES.includes(status)) throw malformed('status is unknown');
  if (reason !== undefined && typeof reason !== 'string') throw malformed('reason is not a text');
  return { name, status: status as ProjectStatus, reason };
}

function fileOf(file: JsonObject): PageFile {
  const { filename, size, yanked = false } = file;
  const sha256 = object(file['hashes'], 'hashes')['sha256'];
  const uploadTime = file['upload-time'];
  if (typeof filename !== 'string' || !isFilename(filename)) throw malformed('filename is invalid');
  if (typeof sha256 !== 'string' || !SHA256.test(sha256)) throw malformed('sha256 is invalid');
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) throw malformed('size is invalid');
  if (typeof uploadTime !== 'string' || !isUploadTime(uploadTime)) throw malformed('upload-time is invalid');
  if (typeof yanked !== 'boolean' && typeof yanked !== 'string') throw malformed('yanked is invalid');
  return {
    filename,
    sha256,
    size,
    uploadTime,
    yanked,
    ...requiresPythonOf(file),
    ...coreMetadataOf(file),
    ...provenanceOf(file),
  };
}

function requiresPythonOf(file: JsonObject): Pick<PageFile, 'requiresPython'> {
  const value = file['requires-python'] ?? null;
  if (value === null) return {};
  if (typeof value !== 'string') throw malformed('requires-python is not a text');
  return { requiresPython: value };
}

/** `true` says that there is metadata without saying which: of no use to whoever verifies it. */
function coreMetadataOf(file: JsonObject): Pick<PageFile, 'coreMetadataSha256'> {
  const value = file['core-metadata'] ?? false;
  if (typeof value === 'boolean') return {};
  const sha256 = object(value, 'core-metadata')['sha256'];
  if (typeof sha256 !== 'string' || !SHA256.test(sha256)) throw malformed('core-metadata is invalid');
  return { coreMetadataSha256: sha256 };
}

/** The checksum alone: the rest of the URL follows from the file. */
function provenanceOf(file: JsonObject): Pick<PageFile, 'provenanceSha256'> {
  const value = file['provenance'] ?? null;
  if (value === null) return {};
  const sha256 = typeof value === 'string' ? /#sha256=([0-9a-f]{64})$/.exec(value)?.[1] : undefined;
  if (sha256 === undefined) throw malformed('provenance is invalid');
  return { provenanceSha256: sha256 };
}

function object(value: JsonValue | undefined, what: string): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw malformed(`${what} is not an object`);
  }
  return value as JsonObject;
}

function parse(bytes: Uint8Array): JsonValue {
  try {
    return parseJson(bytes);
  } catch (cause) {
    if (!(cause instanceof RindError)) throw cause;
    throw malformed('not JSON', cause);
  }
}

function malformed(problem: string, cause?: unknown): IndexModelError<'page.malformed'> {
  return new IndexModelError('page.malformed', `not a project page: ${problem}`, { problem }, { cause });
}
