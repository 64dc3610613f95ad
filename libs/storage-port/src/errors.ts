import { RindError } from '@rind/kernel';

interface StorageErrors {
  /** `putNew` found other bytes under the key. */
  'store.conflict': { key: string };
  /** `replaceIf` lost: somebody else replaced the object. */
  'store.precondition-failed': { key: string };
  /** The key is not one this store takes. */
  'store.bad-key': { key: string };
  'store.too-large': { key: string; maxBytes: number };
  /** No room: nothing was stored. */
  'store.full': { key: string };
  /** Worth trying again; whether the call worked is unknown. */
  'store.unavailable': { key: string };
  /** The store does not let this process do that: credentials, permissions, or no such bucket. Nothing was done. */
  'store.refused': { key: string };
  /** The store lacks a promise that its adapter stands on, such as atomic conditional writes. */
  'store.unfit': { promise: string };
}

export type StorageErrorCode = keyof StorageErrors;

export class StorageError<Code extends StorageErrorCode = StorageErrorCode> extends RindError<
  Code,
  StorageErrors[Code]
> {}
