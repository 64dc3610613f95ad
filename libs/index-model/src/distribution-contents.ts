import { compareRecord } from './distribution-record.ts';
import { entryPointsProblem } from './distribution-entry-points.ts';
import { DistributionError } from './distribution-error.ts';
import type { Distribution } from './filename.ts';

/** What is in a distribution, as whoever unpacked it found it. */
export interface DistributionContents {
  readonly members: readonly DistributionMember[];
  /** Of the members that {@link neededMembers} names, as far as they are there. */
  readonly contents: ReadonlyMap<string, Uint8Array>;
}

export interface DistributionMember {
  readonly name: string;
  readonly kind: 'file' | 'directory' | 'link';
}

export interface CheckedContents {
  /** METADATA of a wheel, byte for byte (PEP 658); null for source distributions. */
  readonly coreMetadata: Uint8Array | null;
  /** For the author, one a line. */
  readonly warnings: readonly string[];
}

/** The members whose content is looked at. */
export function neededMembers(distribution: Pick<Distribution, 'kind' | 'filename'>): readonly string[] {
  if (distribution.kind === 'sdist') return [];
  const info = distInfoOf(distribution.filename);
  return ['WHEEL', 'METADATA', 'RECORD', 'entry_points.txt'].map((name) => `${info}/${name}`);
}

/**
 * What must be in a distribution besides its author's files, in PyPI's order and words.
 * @param licenseFiles the `License-File` fields of the form (PEP 639)
 * @throws DistributionError
 */
export function checkDistributionContents(
  distribution: Pick<Distribution, 'kind' | 'filename'>,
  found: DistributionContents,
  licenseFiles: readonly string[],
): CheckedContents {
  const { filename } = distribution;
  if (distribution.kind === 'wheel') return checkWheel(filename, found, licenseFiles);
  const names = fileNames(found);
  const top = commonPath(found.members.map(({ name }) => name));
  if (top === '') {
    const text = 'Invalid distribution file. Incorrect number of top-level directories in sdist';
    throw new DistributionError('distribution.no-single-folder', text, {});
  }
  const info = `${top}/PKG-INFO`;
  if (!names.has(info)) throw missing(info, `Invalid distribution file. PKG-INFO not found at ${info}`);
  checkLicenseFiles(filename, names, licenseFiles, top);
  return { coreMetadata: null, warnings: [] };
}

function checkWheel(
  filename: string,
  found: DistributionContents,
  licenseFiles: readonly string[],
): CheckedContents {
  const info = distInfoOf(filename);
  const names = fileNames(found);
  const { contents } = found;
  if (!contents.has(`${info}/WHEEL`)) {
    throw missing(`${info}/WHEEL`, `Invalid distribution file. WHEEL not found at ${info}/WHEEL`);
  }
  checkLicenseFiles(filename, names, licenseFiles, `${info}/licenses`);
  const record = contents.get(`${info}/RECORD`);
  const difference = record === undefined ? null : compareRecord(record, [...names], info);
  if (difference === null) throw missingInWheel(filename, 'RECORD', `${info}/RECORD`);
  checkEntryPoints(filename, contents.get(`${info}/entry_points.txt`));
  const coreMetadata = contents.get(`${info}/METADATA`);
  if (coreMetadata === undefined) throw missingInWheel(filename, 'METADATA', `${info}/METADATA`);
  const { unrecorded, absent } = difference;
  const differs = unrecorded.length + absent.length > 0;
  return { coreMetadata, warnings: differs ? [recordWarning(filename, unrecorded, absent)] : [] };
}

function checkLicenseFiles(
  filename: string,
  names: ReadonlySet<string>,
  licenseFiles: readonly string[],
  folder: string,
): void {
  for (const licenseFile of licenseFiles) {
    const member = `${folder}/${licenseFile}`;
    if (names.has(member)) continue;
    const text = `License-File ${licenseFile} does not exist in distribution file ${filename} at ${member}`;
    throw new DistributionError('distribution.license-file-missing', text, { licenseFile, member });
  }
}

function checkEntryPoints(filename: string, bytes: Uint8Array | undefined): void {
  const problem = bytes === undefined ? null : entryPointsProblem(bytes);
  if (problem === null) return;
  const text = `Wheel '${filename}' has invalid entry points defined in the entry_points.txt file`;
  throw new DistributionError('distribution.entry-points-invalid', text, { problem });
}

/** PyPI tells the owners by e-mail; installers go by RECORD, so the file is of use all the same. */
function recordWarning(filename: string, unrecorded: readonly string[], absent: readonly string[]): string {
  const parts = [
    ...(unrecorded.length > 0 ? [`${unrecorded.length} not recorded (${shown(unrecorded)})`] : []),
    ...(absent.length > 0 ? [`${absent.length} recorded but absent (${shown(absent)})`] : []),
  ];
  return `The RECORD file of '${filename}' does not match its files: ${parts.join('; ')}.`;
}

function shown(names: readonly string[]): string {
  const first = names[0]!.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 100);
  return names.length > 1 ? `${first}, …` : first;
}

function fileNames({ members }: DistributionContents): ReadonlySet<string> {
  return new Set(members.filter(({ kind }) => kind !== 'directory').map(({ name }) => name));
}

/** `<name>-<version>.dist-info`, spelled as in the file name (PEP 427). */
function distInfoOf(filename: string): string {
  return `${filename.split('-', 2).join('-')}.dist-info`;
}

/** Python's `os.path.commonpath` of relative paths; empty when there is none. */
function commonPath(paths: readonly string[]): string {
  let common: string[] | null = null;
  for (const path of paths) {
    const parts = path.split('/').filter((part) => part !== '' && part !== '.');
    if (common === null) common = parts;
    const differs: number = common.findIndex((part, index) => part !== parts[index]);
    if (differs >= 0) common = common.slice(0, differs);
  }
  return (common ?? []).join('/');
}

function missingInWheel(filename: string, file: string, member: string): DistributionError {
  return missing(member, `Wheel '${filename}' does not contain the required ${file} file: ${member}`);
}

function missing(member: string, text: string): DistributionError<'distribution.file-missing'> {
  return new DistributionError('distribution.file-missing', text, { member });
}
