import { utf8 } from '@rind/kernel';
import type { Attestation } from './attestation.ts';
import type { TrustedPublisher } from './trusted-publisher.ts';

/** Media types of a provenance object, the first the preferred one (PEP 740). */
export const provenanceMediaTypes = ['application/vnd.pypi.integrity.v1+json', 'application/json'] as const;

/** The provenance object of a file (PEP 740 "Provenance objects"): one bundle, of whoever uploaded it. */
export function renderProvenance(
  { kind, claims }: TrustedPublisher,
  attestations: readonly Attestation[],
): Uint8Array {
  const bundle = { publisher: { kind, ...claims }, attestations };
  return utf8(JSON.stringify({ version: 1, attestation_bundles: [bundle] }));
}
