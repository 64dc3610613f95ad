import { hashHex } from '@rind/crypto';
import {
  UploadFields,
  attestationRefusal,
  canAttest,
  parseAttestations,
  publisherOfGrant,
  renderProvenance,
} from '@rind/index-model';
import type { AttestedFile, FormFields, Grant } from '@rind/index-model';
import { checkEnvelopeSignature } from './envelope-signature.ts';

/** What is kept and served of a file's attestations. */
export interface Provenance {
  /** JSON, as it is served. */
  readonly bytes: Uint8Array;
  /** Of the bytes, lower-case hex. */
  readonly sha256: string;
}

const fieldName = 'attestations';

/**
 * Who built the file, from the attestations that came with it (PEP 740); null when none did. Only a trusted
 * publisher may attest, and who it is stands in the grant, which auth signed: the form says nothing of it.
 * @throws AttestationError
 */
export function attestedProvenance(
  grant: Pick<Grant, 'how'>,
  fields: FormFields,
  file: AttestedFile,
): Provenance | null {
  const text = new UploadFields(fields).first(fieldName);
  if (text === undefined) return null;
  const publisher = publisherOfGrant(grant);
  if (publisher === null) {
    const sentence = 'Attestations are only supported when using Trusted Publishing';
    throw attestationRefusal('attestations.untrusted', sentence, {});
  }
  if (!canAttest(publisher)) {
    const { kind } = publisher;
    const sentence = `Attestations are not currently supported with ${kind} publishers`;
    throw attestationRefusal('attestations.publisher-unsupported', sentence, { kind });
  }
  const parsed = parseAttestations(text, file);
  for (const one of parsed) checkEnvelopeSignature(one);
  const bytes = renderProvenance(
    publisher,
    parsed.map(({ attestation }) => attestation),
  );
  return { bytes, sha256: hashHex('sha256', bytes) };
}

/** The form as it is kept: the attestations lie elsewhere, and are large. */
export function withoutAttestations(fields: FormFields): FormFields {
  return fields.filter(([name]) => name !== fieldName);
}
