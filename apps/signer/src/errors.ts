import { RindError } from '@rind/kernel';

interface SignerErrors {
  /** The process must stop publishing and exit: somebody else writes now. */
  'writer.lost': { reason: string };
  /** The store and the record disagree in a way that only a person can judge. */
  'writer.refused': { storedVersion: number; committedVersion: number };
  /** Our clock and the database's are too far apart to sign dates. */
  'clock.off': { offsetMs: number };
  /** Auth's log of grants could not be read. */
  'auth.unavailable': { reason: string };
  /** `NODE_ENV=production`, and adapters that are good for development alone. */
  'config.development-only': { variables: readonly string[] };
  /** A key file does not belong to the role that it should sign. */
  'key.not-in-role': { role: string; keyId: string };
}

export type SignerErrorCode = keyof SignerErrors;

export class SignerError<Code extends SignerErrorCode = SignerErrorCode> extends RindError<
  Code,
  SignerErrors[Code]
> {}
