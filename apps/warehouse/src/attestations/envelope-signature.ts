import { X509Certificate, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { unproven } from '@rind/index-model';
import type { AttestationError, ParsedAttestation } from '@rind/index-model';
import { concatBytes, utf8 } from '@rind/kernel';

/** What PEP 740 puts into the envelopes of DSSE. */
const payloadType = 'application/vnd.in-toto+json';

/** Curves of the certificates that Sigstore issues, with the hash that belongs to each. */
const hashOf: ReadonlyMap<string | undefined, string> = new Map([
  ['prime256v1', 'sha256'],
  ['secp384r1', 'sha384'],
]);

/**
 * The statement is signed by the key of the certificate that came with it. This finds what was damaged or put
 * together wrongly; whose certificate it is, and whether a log knows it, is not looked at here.
 * @throws AttestationError `attestations.unverified`
 */
export function checkEnvelopeSignature({ certificate, statement, signature }: ParsedAttestation): void {
  const key = publicKeyOf(certificate);
  const hash = hashOf.get(key.asymmetricKeyDetails?.namedCurve);
  if (hash === undefined) throw unverified('the key of the certificate is of no known kind');
  if (!verify(hash, preAuthenticationEncoding(statement), key, signature)) {
    throw unverified('the signature is not that of the certificate');
  }
}

/** DSSE 1.0: what is signed names its own type and lengths. */
export function preAuthenticationEncoding(statement: Uint8Array): Uint8Array {
  const head = `DSSEv1 ${payloadType.length} ${payloadType} ${statement.length} `;
  return concatBytes(utf8(head), statement);
}

function publicKeyOf(certificate: Uint8Array): KeyObject {
  try {
    return new X509Certificate(certificate).publicKey;
  } catch (cause) {
    throw unverified('the certificate cannot be read', cause);
  }
}

function unverified(problem: string, cause?: unknown): AttestationError<'attestations.unverified'> {
  return unproven('attestations.unverified', problem, cause);
}
