import { pythonRepr } from '@rind/index-model';
import { WarehouseError } from '../errors.ts';
import type { UploadLimits, UploadProblem } from './upload-decision.ts';
import type { FileRecord } from './upload-records.ts';

/** Where PyPI explains file names that cannot be used twice; clients only look at the first words. */
const reuseHelp = '/help/#file-name-reuse';
const nameHelp = '/help/#project-name';
const sizeHelp = '/help/#storage-limits';

const gibibyte = 1_073_741_824;
const dayMs = 86_400_000;

/** What an author reads about a file that the index does not take; twine skips on the words "already exists". */
export function refusalOf(
  code: UploadProblem,
  { project, displayName, filename, blake2b256 }: FileRecord,
  { maxProjectBytes, maxReleaseAgeMs }: Pick<UploadLimits, 'maxProjectBytes' | 'maxReleaseAgeMs'>,
  cause?: unknown,
): WarehouseError {
  const name = pythonRepr(displayName);
  const see = (help: string): string => `See ${help} for more information.`;
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
    case 'project.name-stdlib': {
      const text = `The name ${name} isn't allowed (conflict with Python Standard Library module name). ${see(nameHelp)}`;
      return new WarehouseError(code, text, { project });
    }
    case 'project.name-prohibited':
      return new WarehouseError(code, `The name ${name} isn't allowed. ${see(nameHelp)}`, { project });
    case 'project.name-too-similar': {
      const text = `The name ${name} is too similar to an existing project. ${see(nameHelp)}`;
      return new WarehouseError(code, text, { project });
    }
    case 'project.too-large': {
      const limit = Math.floor(maxProjectBytes / gibibyte);
      const text = `Project size too large. Limit for project ${name} total size is ${limit} GB. See ${sizeHelp}`;
      return new WarehouseError(code, text, { project, maxBytes: maxProjectBytes });
    }
    case 'release.closed': {
      const maxAgeDays = Math.floor(maxReleaseAgeMs / dayMs);
      const text = `Uploading new files to releases older than ${maxAgeDays} days is not allowed.`;
      return new WarehouseError(code, text, { project, maxAgeDays });
    }
    case 'release.second-sdist':
      return new WarehouseError(code, 'Only one sdist may be uploaded per release.', { project });
    case 'filename.reused':
      return new WarehouseError(
        code,
        `This filename was previously used by a file that has since been deleted. Use a different version. ${see(reuseHelp)}`,
        { filename },
      );
    case 'file.exists':
      return new WarehouseError(
        code,
        `File already exists ('${filename}', with blake2_256 hash '${blake2b256}'). ${see(reuseHelp)}`,
        { filename },
        { cause },
      );
  }
}
