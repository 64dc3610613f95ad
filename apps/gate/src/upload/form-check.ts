import { parseUploadForm } from '@rind/index-model';
import { isRindError } from '@rind/kernel';
import type { Digests } from '../hashing/hash.worker.ts';
import { PassedOnRefusal } from '../errors.ts';
import type { ReceivedFile } from './receive-form.ts';

/** What the grant is asked for, from a form that the warehouse would not refuse for its form. */
export interface CheckedForm {
  /** As given in the form. */
  readonly project: string;
  readonly requiresPython: string | null;
}

/** @throws PassedOnRefusal with the form's code and the text that PyPI has for it */
export function checkForm(
  fields: readonly (readonly [string, string])[],
  file: ReceivedFile,
  digests: Digests,
): CheckedForm {
  try {
    const form = parseUploadForm({ fields, filename: file.filename, contentType: file.contentType, digests });
    return { project: form.name, requiresPython: form.requiresPython };
  } catch (error) {
    if (!isRindError(error)) throw error;
    const { status } = error.details as { status?: number };
    throw new PassedOnRefusal(error.code, error.message, { status: status ?? 400 });
  }
}
