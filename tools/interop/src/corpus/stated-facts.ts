import { join } from 'node:path';
import { mustRun } from '../command.ts';
import type { Bench } from '../suite.ts';

/** What a file states about itself; digests in lower-case hex. */
export interface StatedFacts {
  /** Bytes. */
  readonly size: number;
  readonly sha256: string;
  readonly md5: string;
  readonly blake2b_256: string;
  /** Of METADATA; null for source distributions. */
  readonly metadataSha256: string | null;
  /** Core metadata: values by the lower-case name of their field. */
  readonly metadata: Readonly<Record<string, readonly string[]>>;
  readonly description: string;
}

/** Reads files with Python's own zipfile, tarfile and email: none of our code has a part in it. */
export async function readStatedFacts(
  bench: Pick<Bench, 'python' | 'environment'>,
  paths: readonly string[],
): Promise<Readonly<Record<string, StatedFacts>>> {
  const script = join(import.meta.dirname, 'read_metadata.py');
  const { stdout } = await mustRun(bench.python.program('python'), [script, ...paths], {
    environment: bench.environment,
  });
  return JSON.parse(stdout) as Record<string, StatedFacts>;
}
