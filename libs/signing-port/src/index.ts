import type { KeyId } from '@rind/kernel';
import type { PublicKey } from '@rind/crypto';

/** A TUF signature (TUF 1.0.34 §4.2.1): `sig` is lower-case hex; ECDSA signatures are DER. */
export interface Signature {
  readonly keyid: KeyId;
  readonly sig: string;
}

/** One private key, wherever it lives. */
export interface Signer {
  readonly key: PublicKey;
  readonly keyId: KeyId;
  /** Signs the whole message (not a digest of it). Errors: `SigningError`. */
  sign(message: Uint8Array): Promise<Signature>;
}

export { SigningError } from './errors.ts';
export type { SigningErrorCode } from './errors.ts';
