import { checkUploadAction, parseUploadForm } from '@rind/index-model';
import type { UploadForm } from '@rind/index-model';
import type { Digests } from '../hashing/hash.worker.ts';
import type { ReceivedForm } from './receive-form.ts';

/** Stands for the digests of no file: the check ends before it would look at them. */
const noDigests: Digests = { sha256: '', sha512: '', blake2b256: '', md5: '' };

/**
 * What a request to the upload URL wants; query or form may tell.
 * @param queryAction `:action` of the query, whatever it is there
 * @throws UploadError `upload.gone`, `upload.bad-action`
 */
export function checkAction(queryAction: unknown, fields: ReceivedForm['fields']): void {
  const inForm = fields.find(([name]) => name === ':action')?.[1] ?? '';
  checkUploadAction(typeof queryAction === 'string' ? queryAction : inForm);
}

/**
 * The checks that the grant depends on; the warehouse makes them again. PyPI answers the first fault of the form
 * before it misses the file, and so do we.
 * @throws UploadError with the text that PyPI answers
 */
export function checkForm({ fields, file }: ReceivedForm, digests: Digests = noDigests): UploadForm {
  const { filename = '', contentType = '' } = file ?? {};
  return parseUploadForm({ fields, filename, contentType, digests });
}
