import { RindError } from '@rind/kernel';

interface SigningErrors {
  /** The key file or service refused: wrong passphrase, disabled key, no permission. */
  'key.denied': { key: string };
  /** Nothing answers under that name. */
  'key.missing': { key: string };
  /** The key exists and is of another kind than the role needs. */
  'key.wrong-kind': { key: string; expected: string; found: string };
  /** Worth trying again: throttled, unreachable. */
  'key.unavailable': { key: string };
}

export type SigningErrorCode = keyof SigningErrors;

export class SigningError<Code extends SigningErrorCode = SigningErrorCode> extends RindError<
  Code,
  SigningErrors[Code]
> {}
