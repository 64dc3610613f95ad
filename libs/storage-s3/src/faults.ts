import { StorageError } from '@rind/storage-port';

/**
 * What a failed request says.
 * `passing`: another try may work, and whether this one took effect is unknown.
 * `unmet`: the condition of a conditional write did not hold. `absent`: no such object.
 * `range`: nothing lies in the range. The others are final and took no effect.
 */
export type Fault = 'passing' | 'unmet' | 'absent' | 'range' | 'refused' | 'full' | 'bad-key';

/** Codes of S3 that say more than the status they come with. */
const FAULT_OF_CODE: Readonly<Record<string, Fault>> = {
  PreconditionFailed: 'unmet',
  NoSuchKey: 'absent',
  NotFound: 'absent',
  InvalidRange: 'range',
  NoSuchBucket: 'refused',
  KeyTooLongError: 'bad-key',
  // Servers over a directory tree cannot have an object and a folder of the same name.
  ObjectParentIsFile: 'bad-key',
  ExistingObjectIsDirectory: 'bad-key',
  QuotaExceeded: 'full',
  XMinioStorageFull: 'full',
  // Another conditional write of this key is under way.
  ConditionalRequestConflict: 'passing',
  OperationAborted: 'passing',
  // What was sent was cut off or damaged on its way.
  BadDigest: 'passing',
  IncompleteBody: 'passing',
  RequestTimeout: 'passing',
  XAmzContentSHA256Mismatch: 'passing',
  // The client corrects its clock, or asks for new credentials, before the next try.
  RequestTimeTooSkewed: 'passing',
  RequestExpired: 'passing',
  ExpiredToken: 'passing',
  SlowDown: 'passing',
};

const FAULT_OF_STATUS: Readonly<Record<number, Fault>> = {
  404: 'absent',
  408: 'passing',
  409: 'passing',
  412: 'unmet',
  416: 'range',
  425: 'passing',
  429: 'passing',
  501: 'refused',
  507: 'full',
};

/** An answer that cannot be what the store has, such as one that ended early: another try may be answered better. */
export class BrokenAnswer extends Error {}

/** What a failed request says, whatever threw it. */
export function faultOf(error: unknown): Fault {
  const status = statusOf(error);
  // Without a status there was no answer: time-out, cut connection, no credentials yet.
  if (status === null) return 'passing';
  const known = FAULT_OF_CODE[error instanceof Error ? error.name : ''] ?? FAULT_OF_STATUS[status];
  if (known !== undefined) return known;
  return status >= 500 || status < 300 ? 'passing' : 'refused';
}

/** A failed call as the port names it; what was thrown stays as cause. */
export function asStorageError(key: string, error: unknown): StorageError {
  if (error instanceof StorageError) return error;
  const cause = { cause: error };
  switch (faultOf(error)) {
    case 'refused':
      return new StorageError('store.refused', 'the store does not allow the call', { key }, cause);
    case 'full':
      return new StorageError('store.full', 'no room left', { key }, cause);
    case 'bad-key':
      return new StorageError('store.bad-key', 'the store has no place for the key', { key }, cause);
    default:
      return new StorageError('store.unavailable', unanswered(error), { key }, cause);
  }
}

/** Whether nobody was asked, or nobody answered: an operator who gave no credentials looks for no outage. */
function unanswered(error: unknown): string {
  const name = error instanceof Error ? error.name : '';
  return name === 'CredentialsProviderError'
    ? 'no credentials for the store were found'
    : 'the store does not answer';
}

/** HTTP status of the answer that an error of the SDK was made of; null when there was no answer. */
function statusOf(error: unknown): number | null {
  if (typeof error !== 'object' || error === null || !('$metadata' in error)) return null;
  const metadata = error.$metadata;
  if (typeof metadata !== 'object' || metadata === null || !('httpStatusCode' in metadata)) return null;
  return typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : null;
}
