import { RindError } from '@rind/kernel';

interface SignerErrors {
  /** The process must stop publishing and exit: somebody else writes now. */
  'writer.lost': { reason: string };
  /** The store and the record disagree in a way that only a person can judge. */
  'writer.refused': { storedVersion: number; committedVersion: number };
  /** The database gave a number that is served already: it was set back while this process wrote. */
  'record.older': { role: string; taken: number; served: number };
  /** Our clock and the database's are too far apart to sign dates. */
  'clock.off': { offsetMs: number };
  /** The writer fails again and again, or hangs. */
  'writer.stuck': { silentForMs: number };
  /** Auth's log of grants could not be read. */
  'auth.unavailable': { reason: string };
  /** `NODE_ENV=production`, and adapters that are good for development alone. */
  'config.development-only': { variables: readonly string[] };
  /** A key file does not belong to the role that it should sign. */
  'key.not-in-role': { role: string; keyId: string };
  /** Under the hash of a page lie other bytes: the page needs another one. */
  'page.corrupt': { key: string };
  /** Only the writer sweeps, and this process is not it. */
  'writer.standby': object;
  /** Nobody asked for that sweep, or it ended long ago. */
  'gc.unknown-run': { id: number };
}

export type SignerErrorCode = keyof SignerErrors;

export class SignerError<Code extends SignerErrorCode = SignerErrorCode> extends RindError<
  Code,
  SignerErrors[Code]
> {}
