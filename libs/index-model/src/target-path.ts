import type { ProjectName, Sha256Hex, TargetPath } from '@rind/kernel';
import { IndexModelError } from './errors.ts';
import { isFilename } from './filename.ts';
import { isProjectName } from './project-name.ts';

/** What a target path stands for. */
export type Target =
  | { readonly kind: 'package'; readonly project: ProjectName; readonly filename: string }
  | { readonly kind: 'page'; readonly project: ProjectName };

/** What a URL of a file stands for; `metadata` when it asks for the file's core metadata (PEP 658). */
export interface PackageUrl {
  readonly project: ProjectName;
  readonly sha256: Sha256Hex;
  readonly filename: string;
  readonly metadata: boolean;
  /** Object key of what is asked for. */
  readonly key: string;
}

const METADATA_SUFFIX = '.metadata';

/** `packages/<project>/<filename>`: the signed name of a distribution. */
export function packageTargetPath(project: ProjectName, filename: string): TargetPath {
  return `packages/${project}/${filename}` as TargetPath;
}

/** `simple/<project>/index.json`: the signed name of a project's page. */
export function pageTargetPath(project: ProjectName): TargetPath {
  return `simple/${project}/index.json` as TargetPath;
}

/**
 * The opposite of {@link packageTargetPath} and {@link pageTargetPath}.
 * @throws IndexModelError `path.invalid`
 */
export function parseTargetPath(path: string): Target {
  const [space, project, name, ...rest] = path.split('/');
  if (rest.length === 0 && name !== undefined && project !== undefined && isProjectName(project)) {
    if (space === 'packages' && isFilename(name)) return { kind: 'package', project, filename: name };
    if (space === 'simple' && name === 'index.json') return { kind: 'page', project };
  }
  throw new IndexModelError('path.invalid', 'not a target path of this index', { path: path.slice(0, 500) });
}

/**
 * Where a store keeps a distribution: `targets/packages/<project>/<sha256>.<filename>`.
 * @param sha256 64 lower-case hex digits
 */
export function packageObjectKey(project: ProjectName, sha256: string, filename: string): string {
  return `targets/packages/${project}/${sha256}.${filename}`;
}

/**
 * Where a store keeps a project's page: `targets/simple/<project>/<sha256>.index.json`.
 * @param sha256 64 lower-case hex digits
 */
export function pageObjectKey(project: ProjectName, sha256: string): string {
  return `targets/simple/${project}/${sha256}.index.json`;
}

/**
 * Path of the URL under which installers fetch a distribution: `/packages/<project>/<sha256>/<filename>`.
 * @param sha256 64 lower-case hex digits
 */
export function packageUrlPath(project: ProjectName, sha256: string, filename: string): string {
  return `/packages/${project}/${sha256}/${filename}`;
}

/**
 * The opposite of {@link packageUrlPath}, for a path as it came in a request: percent-encoding is resolved, since
 * installers write `+` and `!` as they please.
 * @throws IndexModelError `path.invalid`
 */
export function parsePackageUrlPath(path: string): PackageUrl {
  const [root, space, project, sha256, asked, ...rest] = decode(path).split('/');
  if (root === '' && space === 'packages' && asked !== undefined && rest.length === 0) {
    const metadata = asked.endsWith(METADATA_SUFFIX);
    const filename = metadata ? asked.slice(0, -METADATA_SUFFIX.length) : asked;
    if (isProjectName(project!) && isSha256Hex(sha256!) && isFilename(filename)) {
      return { project, sha256, filename, metadata, key: packageObjectKey(project, sha256, asked) };
    }
  }
  throw invalidUrl(path);
}

function isSha256Hex(text: string): text is Sha256Hex {
  return /^[0-9a-f]{64}$/.test(text);
}

/** Encoded slashes would move the borders of segments: after decoding they are borders like any other. */
function decode(path: string): string {
  try {
    return path.includes('%') ? decodeURIComponent(path) : path;
  } catch (cause) {
    if (cause instanceof URIError) throw invalidUrl(path, cause);
    throw cause;
  }
}

function invalidUrl(path: string, cause?: unknown): IndexModelError {
  return new IndexModelError(
    'path.invalid',
    'not the URL of a file',
    { path: path.slice(0, 500) },
    { cause },
  );
}
