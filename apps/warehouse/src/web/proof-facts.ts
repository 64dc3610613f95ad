import type { Sql } from '@rind/database';
import { packageTargetPath, pageTargetPath } from '@rind/index-model';
import type { ProjectName } from '@rind/kernel';
import { binIndexOf, binName } from '@rind/repository';
import { publishedProvenance } from '../attestations/attestation-records.ts';
import { attestedBy } from '../attestations/attested-by.ts';
import type { AttestedBy } from '../attestations/attested-by.ts';

/** A role as it was last published. */
export interface ProvingRole {
  readonly name: string;
  readonly version: number;
  readonly expires: Date;
}

/** What a client walks through from the root of trust to a target. */
export interface ProofFacts {
  /** `root`, `timestamp`, `snapshot`, `targets`, `bins`, as far as they are published. */
  readonly roles: readonly ProvingRole[];
  /** The bin of the project's page. */
  readonly pageBin: ProvingRole;
  /** By file name: the bin that lists the file. */
  readonly fileBins: ReadonlyMap<string, ProvingRole>;
  /** By file name: who attested that they built it (PEP 740). */
  readonly attested: ReadonlyMap<string, AttestedBy>;
}

/** Top-level roles and `bins` in the order in which a client loads them (TUF 1.0.34 §5). */
const walk = ['root', 'timestamp', 'snapshot', 'targets', 'bins'];

/** @throws DatabaseError `database.unavailable` */
export async function proofFacts(
  sql: Sql,
  asked: { project: ProjectName; filenames: readonly string[]; bitLength: number },
): Promise<ProofFacts> {
  const { project, filenames, bitLength } = asked;
  const binOf = (targetPath: string): number => binIndexOf(targetPath, bitLength);
  const page = binOf(pageTargetPath(project));
  const ofFiles = filenames.map(
    (filename) => [filename, binOf(packageTargetPath(project, filename))] as const,
  );
  const [roles, bins, provenance] = await Promise.all([
    sql.query<{ name: string; version: string; expires: Date }>(
      `SELECT name, version, expires FROM signer.role WHERE name = ANY($1)`,
      [walk],
    ),
    sql.query<{ idx: number; version: string; expires: Date }>(
      `SELECT idx, version, expires FROM signer.bin WHERE idx = ANY($1::int[])`,
      [[...new Set([page, ...ofFiles.map(([, idx]) => idx)])]],
    ),
    publishedProvenance(sql, project, filenames),
  ]);
  const known = new Map(bins.rows.map((row) => [row.idx, row]));
  const bin = (idx: number): ProvingRole => ({
    name: binName(idx, bitLength),
    version: Number(known.get(idx)?.version ?? 0),
    expires: known.get(idx)?.expires ?? new Date(0),
  });
  return {
    roles: walk.flatMap((name) =>
      roles.rows
        .filter((row) => row.name === name)
        .map(({ version, expires }) => ({ name, version: Number(version), expires })),
    ),
    pageBin: bin(page),
    fileBins: new Map(ofFiles.map(([filename, idx]) => [filename, bin(idx)])),
    attested: new Map([...provenance].map(([filename, document]) => [filename, attestedBy(document)])),
  };
}
