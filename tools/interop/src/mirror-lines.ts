import { mustRun } from './command.ts';
import { documentBlocks } from './document-block.ts';
import type { Bench } from './suite.ts';

/**
 * Makes a copy of a store, or brings one up to date, by the very lines of docs/mirroring.md.
 * @param store the folder that holds `metadata` and `targets`
 * @param copy a folder, which may be empty
 */
export async function mirrorByDocument(
  bench: Pick<Bench, 'environment'>,
  store: string,
  copy: string,
  { secondNames }: { readonly secondNames: boolean } = { secondNames: false },
): Promise<void> {
  const [copying, linking, ...others] = documentBlocks('mirroring.md', 'sh');
  if (copying === undefined || linking === undefined || others.length > 0)
    throw new Error('mirroring.md has two blocks of lines: copying, and second names');
  const environment = { ...bench.environment, STORE: store, MIRROR: copy };
  const options = { environment, timeoutMs: 600_000 };
  await mustRun('sh', ['-c', copying], options);
  if (secondNames) await mustRun('sh', ['-c', linking], options);
}
