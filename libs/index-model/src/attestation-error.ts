import { RindError } from '@rind/kernel';

interface AttestationErrors {
  /** The upload's grant was not given to a trusted publisher. */
  'attestations.untrusted': object;
  /** A trusted publisher of a kind whose identity no attestation can show. */
  'attestations.publisher-unsupported': { kind: string };
  /** Not a list of PEP 740 attestation objects. */
  'attestations.malformed': { problem: string };
  'attestations.too-many': { maxAttestations: number };
  /** The statement is about another file. */
  'attestations.subject-mismatch': { problem: string };
  'attestations.predicate-unsupported': { predicateType: string };
  /** Two of one kind. */
  'attestations.predicate-repeated': { predicateType: string };
  /** The envelope is not signed by its certificate's key, or the certificate is another publisher's. */
  'attestations.unverified': { problem: string };
}

export type AttestationErrorCode = keyof AttestationErrors;

/** The message is the text that PyPI answers, as far as PyPI makes the check. */
export class AttestationError<Code extends AttestationErrorCode = AttestationErrorCode> extends RindError<
  Code,
  AttestationErrors[Code]
> {}

/** @param text what PyPI says after the words that all these refusals begin with */
export function attestationRefusal<Code extends AttestationErrorCode>(
  code: Code,
  text: string,
  details: AttestationErrors[Code],
  cause?: unknown,
): AttestationError<Code> {
  const message = `Invalid attestations supplied during upload: ${text}`;
  return new AttestationError(code, message, details, { cause });
}

/** What is said of an attestation that does not prove what it is there for. */
export function unproven<Code extends 'attestations.subject-mismatch' | 'attestations.unverified'>(
  code: Code,
  problem: string,
  cause?: unknown,
): AttestationError<Code> {
  const text = `Could not verify the uploaded artifact using the included attestation: ${problem}`;
  return attestationRefusal(code, text, { problem } as AttestationErrors[Code], cause);
}
