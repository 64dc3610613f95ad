import type { ProjectName } from '@rind/kernel';
import { IndexModelError } from './errors.ts';
import { parseDistribution } from './filename.ts';
import type { Distribution, SourceDistribution, Wheel } from './filename.ts';
import { isUploadablePlatform } from './platform-tag.ts';
import { normalizeName } from './project-name.ts';
import { pythonRepr } from './python-repr.ts';
import { compareVersions } from './version-order.ts';
import { tryParseVersion } from './version.ts';
import type { Version } from './version.ts';

/** What the form says of a file. */
export interface ExpectedDistribution {
  /** As its author writes it. */
  readonly name: string;
  readonly version: Version;
  readonly filetype: 'sdist' | 'bdist_wheel';
}

const EXTENSIONS = { sdist: ['.tar.gz', '.zip'], bdist_wheel: ['.whl'] } as const;
const SEE_EXTENSIONS = 'See https://www.python.org/dev/peps/pep-0527 for more information.';

/**
 * What a file may be called whatever is in it: no control characters, no directories, a known extension.
 * @throws IndexModelError `filename.invalid`
 */
export function checkFilenameShape(filename: string, filetype: 'sdist' | 'bdist_wheel'): void {
  if (/[\x00-\x1f\x7f]/.test(filename)) {
    throw invalid(
      filename,
      'Cannot upload a file with non-printable characters (ordinals 0-31) or the DEL character (ordinal 127) in the name.',
    );
  }
  if (/[/\\]/.test(filename)) {
    throw invalid(filename, "Cannot upload a file with '/' or '\\' in the name.");
  }
  const extension = /^.+?(\.(?:tar\.gz|zip|whl))$/i.exec(filename)?.[1];
  if (extension === undefined) {
    throw invalid(
      filename,
      'Invalid file extension: Use .tar.gz, .whl or .zip extension. ' +
        'See https://www.python.org/dev/peps/pep-0527 and https://peps.python.org/pep-0715/ for more information',
    );
  }
  if (!(EXTENSIONS[filetype] as readonly string[]).includes(extension)) {
    throw invalid(
      filename,
      `Invalid file extension: Extension ${extension} is invalid for filetype ${filetype}. ${SEE_EXTENSIONS}`,
    );
  }
}

/**
 * The name of a file says what the form says, in the one spelling that PEP 625 and PEP 427 leave.
 * @throws IndexModelError `filename.invalid`, `filename.wrong-name`, `filename.wrong-version`,
 *   `filename.unsupported-platform`
 */
export function checkFilenameMatches(filename: string, expected: ExpectedDistribution): Distribution {
  const distribution = parseDistribution(filename);
  if (distribution.kind === 'sdist') checkSourceDistribution(distribution, expected);
  else checkWheel(distribution, expected);
  return distribution;
}

/** PEP 625: one name for each release. */
function checkSourceDistribution(sdist: SourceDistribution, { name, version }: ExpectedDistribution): void {
  const { filename } = sdist;
  const project = normalizeName(name);
  if (projectOf(sdist, project, version) !== project) throw wrongName(filename, name, project);
  const wanted = `${escapedName(project)}-${version.text}.tar.gz`;
  if (filename === wanted) return;
  const code =
    compareVersions(sdist.parsedVersion, version) === 0 ? 'filename.wrong-name' : 'filename.wrong-version';
  const text = `Filename ${pythonRepr(filename)} is invalid, should be ${pythonRepr(wanted)}.`;
  throw new IndexModelError(code, text, { filename, expected: wanted });
}

/** A post release spelled `1.0-1` puts a hyphen where names end: look one hyphen further left. */
function projectOf(sdist: SourceDistribution, project: ProjectName, version: Version): ProjectName {
  const { namePart } = sdist;
  if (sdist.project === project || version.post === null) return sdist.project;
  const hyphen = namePart.lastIndexOf('-');
  if (hyphen < 0) return sdist.project;
  const versionPart = sdist.filename.slice(hyphen + 1, -sdist.extension.length);
  return tryParseVersion(versionPart) === null ? sdist.project : normalizeName(namePart.slice(0, hyphen));
}

/** PEP 427 and PEP 503; the version may keep or drop trailing zeros. */
function checkWheel(wheel: Wheel, { name, version }: ExpectedDistribution): void {
  const { filename, namePart } = wheel;
  const tag = wheel.platformTags.find((one) => !isUploadablePlatform(one));
  if (tag !== undefined) {
    const shown = tag.toLowerCase();
    const text = `Binary wheel '${filename}' has an unsupported platform tag '${shown}'.`;
    throw new IndexModelError('filename.unsupported-platform', text, { filename, tag: shown });
  }
  const project = normalizeName(name);
  if (wheel.project !== project) throw wrongName(filename, name, project);
  const wanted = escapedName(project);
  if (namePart !== wanted) {
    const text =
      `Filename ${pythonRepr(filename)} should contain the normalized project name ${pythonRepr(wanted)}, ` +
      `not ${pythonRepr(namePart)}.`;
    throw new IndexModelError('filename.wrong-name', text, { filename, expected: wanted });
  }
  if (compareVersions(wheel.parsedVersion, version) !== 0) {
    const text = `Version in filename should be ${pythonRepr(version.text)} not ${pythonRepr(wheel.version)}.`;
    throw new IndexModelError('filename.wrong-version', text, { filename, expected: version.text });
  }
}

function wrongName(filename: string, name: string, project: ProjectName): IndexModelError {
  const expected = escapedName(project);
  const text = `Start filename for ${pythonRepr(name)} with ${pythonRepr(expected)}.`;
  return new IndexModelError('filename.wrong-name', text, { filename, expected });
}

function escapedName(project: ProjectName): string {
  return project.replaceAll('-', '_');
}

function invalid(filename: string, message: string): IndexModelError {
  return new IndexModelError('filename.invalid', message, { filename: filename.slice(0, 255) });
}
