import { fromUtf8 } from '@rind/kernel';
import type { Provenance } from './attested-provenance.ts';

/** What people are shown of a file's provenance. */
export interface AttestedBy {
  readonly attestations: number;
  /** Kind and claims of the publisher, such as `GitHub owner/name release.yml`. */
  readonly publisher: string;
}

interface ProvenanceObject {
  readonly attestation_bundles: readonly {
    readonly publisher: Readonly<Record<string, string | null>>;
    readonly attestations: readonly unknown[];
  }[];
}

/** @param provenance a document that this index made */
export function attestedBy({ bytes }: Provenance): AttestedBy {
  const { attestation_bundles: bundles } = JSON.parse(fromUtf8(bytes)) as ProvenanceObject;
  const publishers = bundles.map(({ publisher }) =>
    Object.values(publisher)
      .filter((claim) => claim !== null)
      .join(' '),
  );
  return {
    attestations: bundles.reduce((sum, { attestations }) => sum + attestations.length, 0),
    publisher: publishers.join(', '),
  };
}
