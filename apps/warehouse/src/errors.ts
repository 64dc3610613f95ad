import { RindError } from '@rind/kernel';

interface WarehouseErrors {
  /** The gate sent something that is not an upload as the two agreed on it. */
  'upload.malformed': { problem: string };
  /** The file is not the one that its header announces. */
  'upload.corrupt-transfer': object;
  /** The gate went away or fell silent in the middle of the file. */
  'upload.aborted': object;
  /** As many uploads as this process takes at one time. */
  'warehouse.busy': { retryAfterSeconds: number };
  'file.too-large': { maxBytes: number; project: string };
  /** Unpacking it took longer, or more memory, than any file may. */
  'file.too-costly': object;
  /** The name or the bytes are taken by another file. */
  'file.exists': { filename: string };
  /** The name belonged to a file that was deleted. */
  'filename.reused': { filename: string };
  'project.archived': { project: string };
  'project.quarantined': { project: string };
  /** A new project with the name of a module of Python's standard library. */
  'project.name-stdlib': { project: string };
  /** A new project with a name that the operator keeps free. */
  'project.name-prohibited': { project: string };
  /** A new project whose name looks like that of another. */
  'project.name-too-similar': { project: string };
  'project.too-large': { project: string; maxBytes: number };
  /** Its first file is older than releases may be that still take files. */
  'release.closed': { project: string; maxAgeDays: number };
  'release.second-sdist': { project: string };
  /** The grant is for something else than what came with it. */
  'grant.mismatch': { field: string };
  'grant.expired': object;
  /** Only operators' grants enter by that door. */
  'grant.not-operator': object;
  /** `error` is what scripts look at (docs/reference/http-api.md). */
  'upload.not-found': { error: { code: 'upload.not-found'; message: string } };
  'receipt.too-many-waiters': { retryAfterSeconds: number };
  'project.not-found': object;
  /** The project has none such, or none at all. */
  'release.not-found': object;
  'file.not-found': object;
  /** `message` is what PyPI's Integrity API answers with. */
  'provenance.not-found': { message: string };
  'provenance.not-acceptable': { message: string };
  'file.range-not-satisfiable': { length: number };
  /** A published project without the page that was signed for it. */
  'page.missing': { project: string };
  'grant-keys.invalid': { path: string };
  'prohibited-names.invalid': { path: string; problem: string };
}

export type WarehouseErrorCode = keyof WarehouseErrors;

/** A refusal. Where an author can cause it, its message is the text that twine and uv show. */
export class WarehouseError<Code extends WarehouseErrorCode = WarehouseErrorCode> extends RindError<
  Code,
  WarehouseErrors[Code]
> {}

/** The uploads of a name or id that nobody ever made. */
export function uploadNotFound(): WarehouseError<'upload.not-found'> {
  const message = 'There is no such upload.';
  return new WarehouseError('upload.not-found', message, { error: { code: 'upload.not-found', message } });
}
