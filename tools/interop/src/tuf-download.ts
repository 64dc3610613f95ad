import { runCommand } from './command.ts';
import type { Outcome } from './command.ts';
import { places } from './places.ts';
import type { Bench, Context } from './suite.ts';

/** Where a repository is, and where the client keeps what it trusts. */
export interface TufPlace {
  readonly metadataUrl: string;
  readonly targetsUrl: string;
  /** The root to trust at first. */
  readonly root: string;
  /** Kept between runs. */
  readonly cache: string;
}

/** What tuf_download.py prints. */
export interface TufAnswer {
  readonly files: readonly { path: string; sha256: string; length: number }[];
  readonly missing: readonly string[];
  readonly versions: Readonly<Record<'root' | 'timestamp' | 'snapshot' | 'targets', number>>;
  readonly bins: number;
  readonly refreshMs: number;
  readonly error?: { readonly type: string; readonly message: string };
}

/** Downloads targets with python-tuf. Exit codes: see tuf_download.py. */
export async function tufDownload(
  context: Bench,
  place: TufPlace,
  paths: readonly string[],
): Promise<{ outcome: Outcome; answer: TufAnswer }> {
  const args = [
    ...[places.tufDownload, '--metadata-url', place.metadataUrl, '--targets-url', place.targetsUrl],
    ...['--root', place.root, '--cache', place.cache, '--out', context.newFolder('tuf-out'), ...paths],
  ];
  const outcome = await runCommand(context.python.program('python'), args, {
    environment: context.environment,
  });
  const line = outcome.stdout.trim().split('\n').at(-1) ?? '';
  if (!line.startsWith('{'))
    throw new Error(`python-tuf broke down, exit code ${outcome.code}\n${outcome.stderr}`);
  return { outcome, answer: JSON.parse(line) as TufAnswer };
}

/** The instance's own address, with an empty cache. */
export function freshPlace(context: Context): TufPlace {
  const { metadata, targets, root } = context.instance.file;
  return { metadataUrl: metadata, targetsUrl: targets, root, cache: context.newFolder('tuf-cache') };
}
