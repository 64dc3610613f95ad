import { WarehouseError } from '../errors.ts';
import type { FileRecord } from './upload-records.ts';

/** Where PyPI explains file names that cannot be used twice; clients only look at the first words. */
const reuseHelp = '/help/#file-name-reuse';

/** What an author reads about a file that the index does not take; twine skips on the words "already exists". */
export function refusalOf(
  code: 'project.archived' | 'project.quarantined' | 'filename.reused' | 'file.exists',
  { project, displayName, filename, blake2b256 }: FileRecord,
  cause?: unknown,
): WarehouseError {
  switch (code) {
    case 'project.archived':
      return new WarehouseError(
        code,
        `Project '${displayName}' has been archived, and cannot accept uploads.`,
        { project },
      );
    case 'project.quarantined':
      return new WarehouseError(
        code,
        `Project '${displayName}' has been quarantined, and cannot accept uploads.`,
        { project },
      );
    case 'filename.reused':
      return new WarehouseError(
        code,
        `This filename was previously used by a file that has since been deleted. Use a different version. See ${reuseHelp} for more information.`,
        { filename },
      );
    case 'file.exists':
      return new WarehouseError(
        code,
        `File already exists ('${filename}', with blake2_256 hash '${blake2b256}'). See ${reuseHelp} for more information.`,
        { filename },
        { cause },
      );
  }
}
