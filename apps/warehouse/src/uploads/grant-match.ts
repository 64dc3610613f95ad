import type { Grant, UploadForm } from '@rind/index-model';
import { WarehouseError } from '../errors.ts';
import type { UploadHeader } from './upload-header.ts';

/**
 * The grant is the permission for this file and no other. The signer checks the same again; here an author
 * still gets an answer.
 * @throws WarehouseError `grant.mismatch` naming the first field that differs
 */
export function checkGrantMatches(
  grant: Grant,
  { form, header }: { form: UploadForm; header: UploadHeader },
): void {
  const compared: readonly (readonly [field: string, granted: unknown, found: unknown])[] = [
    ['verb', grant.verb, 'add'],
    ['project', grant.project, form.project],
    ['filename', grant.filename, header.filename],
    ['length', grant.length, header.length],
    ['sha256', grant.digests?.sha256, header.digests.sha256],
    ['sha512', grant.digests?.sha512, header.digests.sha512],
    ['blake2b256', grant.digests?.blake2b256, header.digests.blake2b256],
    ['requiresPython', grant.requiresPython ?? null, form.requiresPython],
  ];
  for (const [field, granted, found] of compared) {
    if (granted !== found) {
      throw new WarehouseError('grant.mismatch', 'The permission is not for this file.', { field });
    }
  }
}
