import { RindError } from '@rind/kernel';

interface DistributionErrors {
  /** A source distribution whose members lie in no folder, or in several. */
  'distribution.no-single-folder': object;
  /** A file that every distribution of its kind has: PKG-INFO, or WHEEL, METADATA and RECORD. */
  'distribution.file-missing': { member: string };
  /** A `License-File` that the form names and the archive does not have (PEP 639). */
  'distribution.license-file-missing': { licenseFile: string; member: string };
  'distribution.entry-points-invalid': { problem: EntryPointsProblem };
}

/** Why installers could not read an `entry_points.txt`. */
export type EntryPointsProblem =
  'not-utf8' | 'no-section' | 'not-an-option' | 'duplicate-section' | 'duplicate-option' | 'script-name';

export type DistributionErrorCode = keyof DistributionErrors;

/** The message is the text that PyPI answers. */
export class DistributionError<Code extends DistributionErrorCode = DistributionErrorCode> extends RindError<
  Code,
  DistributionErrors[Code]
> {}
