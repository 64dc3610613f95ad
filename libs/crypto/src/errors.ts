import { RindError } from '@rind/kernel';

interface CryptoErrors {
  /** No row of the algorithm table takes this key. */
  'key.unsupported': { keytype: string; scheme: string };
  /** A secret of the wrong length was passed. */
  'crypto.bad-length': { what: string; length: number; expected: number };
  /** Wrong key, wrong associated data, or the sealed bytes were changed: deliberately not told apart. */
  'crypto.open-failed': { length: number };
  /** The platform has no implementation that a synchronous caller can use. */
  'crypto.unavailable': { what: string };
}

export type CryptoErrorCode = keyof CryptoErrors;

export class CryptoError<Code extends CryptoErrorCode = CryptoErrorCode> extends RindError<
  Code,
  CryptoErrors[Code]
> {}

/** Returns `bytes` if they are `expected` long. @throws CryptoError crypto.bad-length */
export function checkLength(what: string, bytes: Uint8Array, expected: number): Uint8Array {
  const { length } = bytes;
  if (length === expected) return bytes;
  throw new CryptoError('crypto.bad-length', `${what} is ${length} bytes long, not ${expected}`, {
    what,
    length,
    expected,
  });
}
