import { readTarGz, readZip } from '@rind/archives';
import { hashHex } from '@rind/crypto';
import { checkDistributionContents, neededMembers } from '@rind/index-model';
import { moved, workerTasks } from '@rind/worker-pool';
import type { Moved } from '@rind/worker-pool';

/** A file whose name was found in order. */
export interface InspectionInput {
  readonly path: string;
  readonly kind: 'wheel' | 'sdist';
  readonly filename: string;
  /** The `License-File` fields of the form. */
  readonly licenseFiles: readonly string[];
}

export interface Inspected {
  /** Of a wheel: METADATA, byte for byte (PEP 658). */
  readonly coreMetadata: CoreMetadata | null;
  /** For the author, one a line. */
  readonly warnings: readonly string[];
}

export interface CoreMetadata {
  readonly bytes: Uint8Array;
  /** Lower-case hex. */
  readonly sha256: string;
}

/** The worker's functions by name. */
export interface InspectionTasks {
  readonly inspect: { readonly input: InspectionInput; readonly output: Inspected };
  /** Answers, and does nothing else. */
  readonly wake: { readonly input: null; readonly output: null };
}

/** Opens the archive and checks what is in it. @throws ArchiveError, DistributionError */
export async function inspect(input: InspectionInput): Promise<Moved<Inspected>> {
  const needed = new Set(neededMembers(input));
  const read = input.filename.endsWith('.tar.gz') ? readTarGz : readZip;
  const archive = await read(input.path, (name) => needed.has(name));
  const { coreMetadata, warnings } = checkDistributionContents(input, archive, input.licenseFiles);
  if (coreMetadata === null) return moved({ coreMetadata, warnings }, []);
  const sha256 = hashHex('sha256', coreMetadata);
  return moved({ coreMetadata: { bytes: coreMetadata, sha256 }, warnings }, [coreMetadata]);
}

const tasks: ReturnType<typeof workerTasks<InspectionTasks>> = workerTasks<InspectionTasks>({
  inspect,
  wake: () => null,
});

export default tasks;
