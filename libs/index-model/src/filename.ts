import type { ProjectName } from '@rind/kernel';
import { IndexModelError } from './errors.ts';
import { hasNameGrammar, isProjectName, normalizeName } from './project-name.ts';
import { pythonRepr } from './python-repr.ts';
import { tryParseVersion } from './version.ts';
import type { Version } from './version.ts';

/** What the name of a distribution says. */
export type Distribution = Wheel | SourceDistribution;

interface DistributionName {
  readonly filename: string;
  readonly project: ProjectName;
  /** The part that names the project, as spelled. */
  readonly namePart: string;
  /** PEP 440 normal form. */
  readonly version: string;
  readonly parsedVersion: Version;
}

/** PEP 427. */
export interface Wheel extends DistributionName {
  readonly kind: 'wheel';
  /** Digits and what follows them, e.g. `1`, `2local`; null when there is none. */
  readonly build: string | null;
  readonly pythonTags: readonly string[];
  readonly abiTags: readonly string[];
  readonly platformTags: readonly string[];
}

/** PEP 625, and the older spellings that a mirror may hold. */
export interface SourceDistribution extends DistributionName {
  readonly kind: 'sdist';
  readonly extension: '.tar.gz' | '.zip';
}

/**
 * Bytes. A store keeps a file as `<64 hex>.<filename>` and its metadata as `<64 hex>.<filename>.metadata`;
 * names of files in a directory end at 255 bytes.
 */
export const maxFilenameLength = 255 - 65 - '.metadata'.length;

const FILENAME = new RegExp(`^[A-Za-z0-9][A-Za-z0-9._+!-]{0,${maxFilenameLength - 1}}$`);
const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Whether a name can stand in paths and URLs of an index as it is: 1 to 181 of `A-Z a-z 0-9 . _ + ! -`. */
export function isFilename(text: string): boolean {
  return FILENAME.test(text);
}

/**
 * Reads the file name of a wheel or source distribution.
 * @throws IndexModelError `filename.invalid`
 */
export function parseDistribution(filename: string): Distribution {
  const distribution = filename.endsWith('.whl') ? parseWheel(filename) : parseSourceDistribution(filename);
  if (!isFilename(filename)) {
    throw invalid(filename, `Invalid filename (too long, or unusual characters): ${pythonRepr(filename)}`);
  }
  return distribution;
}

/** Like {@link parseDistribution}; null instead of an error. */
export function tryParseDistribution(filename: string): Distribution | null {
  try {
    return parseDistribution(filename);
  } catch (error) {
    if (error instanceof IndexModelError) return null;
    throw error;
  }
}

function parseWheel(filename: string): Wheel {
  const stem = filename.slice(0, -'.whl'.length);
  const parts = stem.split('-');
  if (parts.length !== 5 && parts.length !== 6) throw invalidWheel(stem, filename, 'wrong number of parts');
  const [namePart, versionPart] = parts as [string, string];
  const build = parts.length === 6 ? parts[2]! : null;
  const [pythonTags, abiTags, platformTags] = parts.slice(-3).map((tags) => tags.split('.')) as [
    string[],
    string[],
    string[],
  ];
  const project = normalizeName(namePart);
  if (!/^[A-Za-z0-9_.]+$/.test(namePart) || namePart.includes('__') || !isProjectName(project)) {
    throw invalid(filename, `Invalid project name: ${pythonRepr(stem)}`);
  }
  const parsedVersion = tryParseVersion(versionPart);
  if (parsedVersion === null) throw invalidWheel(stem, filename, 'invalid version');
  if (build !== null && !/^[0-9]/.test(build)) {
    throw invalid(filename, `Invalid build number: ${build} in ${pythonRepr(stem)}`);
  }
  const tags = [...pythonTags, ...abiTags, ...platformTags];
  if (tags.includes('') || !pythonTags.every((tag) => IDENTIFIER.test(tag))) {
    throw invalidWheel(stem, filename, 'invalid tag component');
  }
  return {
    kind: 'wheel',
    filename,
    project,
    namePart,
    version: parsedVersion.text,
    parsedVersion,
    build,
    pythonTags,
    abiTags,
    platformTags,
  };
}

function parseSourceDistribution(filename: string): SourceDistribution {
  const extension = (['.tar.gz', '.zip'] as const).find((one) => filename.endsWith(one));
  if (extension === undefined) throw invalidSourceDistribution(filename);
  const stem = filename.slice(0, -extension.length);
  // A normalised version has no hyphen: the last one ends the name.
  const hyphen = stem.lastIndexOf('-');
  const namePart = stem.slice(0, Math.max(hyphen, 0));
  const project = normalizeName(namePart);
  const parsedVersion = tryParseVersion(stem.slice(hyphen + 1));
  if (!hasNameGrammar(namePart) || !isProjectName(project) || parsedVersion === null) {
    throw invalidSourceDistribution(filename);
  }
  return {
    kind: 'sdist',
    filename,
    project,
    namePart,
    version: parsedVersion.text,
    parsedVersion,
    extension,
  };
}

function invalidWheel(stem: string, filename: string, problem: string): IndexModelError {
  return invalid(filename, `Invalid wheel filename (${problem}): ${pythonRepr(stem)}`);
}

function invalidSourceDistribution(filename: string): IndexModelError {
  return invalid(filename, `Invalid source distribution filename: ${filename}`);
}

function invalid(filename: string, message: string): IndexModelError {
  return new IndexModelError('filename.invalid', message, { filename: filename.slice(0, 255) });
}
