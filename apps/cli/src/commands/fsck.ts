import { openPool } from '@rind/database';
import { fsck } from '@rind/fsck';
import type { CommittedRecords, FsckReport, Progress, TargetsMode } from '@rind/fsck';
import { monotonicMs, systemRandomness } from '@rind/kernel';
import { CliError } from '../errors.ts';
import { exitCodes } from '../exit-codes.ts';
import type { ExitCode } from '../exit-codes.ts';
import { readRecords } from '../fsck/committed-records.ts';
import { describeReport } from '../fsck/description.ts';
import { openInstanceStore, openLocation } from '../fsck/location.ts';
import type { Location } from '../fsck/location.ts';
import type { Invocation } from '../invocation.ts';
import { readLocalFile } from '../local-file.ts';
import type { Output } from '../output.ts';

/** Which target files `--targets` reads. */
export const targetsModes: readonly TargetsMode[] = ['sample', 'all', 'none'];

export interface FsckCommandOptions {
  readonly root?: string;
  readonly targets: TargetsMode;
  readonly seed?: string;
  readonly database?: boolean;
}

const progressEveryMs = 500;

/**
 * Audits a whole repository and prints the report; `refused` with findings of severity error.
 * @param place without one, the store of the instance
 */
export async function auditRepository(
  invocation: Invocation,
  place: string | undefined,
  options: FsckCommandOptions,
): Promise<ExitCode> {
  const { instance, output, clock, buckets } = invocation;
  if (place !== undefined && options.root === undefined) {
    throw new CliError('usage.invalid', 'a location needs --root: the root to trust', { argument: 'root' });
  }
  const seed = seedOf(options.seed);
  const root = readLocalFile(options.root ?? instance().root);
  const location =
    place === undefined ? await openInstanceStore(instance(), buckets) : await openLocation(place, buckets);
  try {
    const common = { root, clock, targets: options.targets, seed, progress: progressOf(output) };
    const report = await withRecords(options.database === true ? instance().db.signer : null, (records) =>
      fsck(location.reader, { ...common, ...(records === null ? {} : { records }) }),
    );
    await requireSomething(report, location);
    output.result(report, describeReport(report, location.name));
    return report.ok ? exitCodes.ok : exitCodes.refused;
  } finally {
    await location.close();
  }
}

async function withRecords<Result>(
  url: string | null,
  work: (records: CommittedRecords | null) => Promise<Result>,
): Promise<Result> {
  if (url === null) return work(null);
  const pool = openPool(url, { max: 2, name: 'fsck' });
  try {
    return await work(await readRecords(pool));
  } finally {
    await pool.close();
  }
}

/** A place that holds no repository at all is a wrong address, not a broken repository. */
async function requireSomething({ checked }: FsckReport, { name, reader }: Location): Promise<void> {
  if (checked.roots > 1 || checked.roles > 0) return;
  for (const file of ['timestamp.json', '1.root.json', 'root.json']) {
    if ((await reader.get(`metadata/${file}`, 5_000_000)) !== null) return;
  }
  throw new CliError('file.not-found', `${name} holds no metadata/`, { file: name });
}

function seedOf(text: string | undefined): number {
  if (text === undefined) return new DataView(systemRandomness.bytes(4).buffer).getUint32(0);
  if (/^[0-9]{1,9}$/.test(text)) return Number(text);
  throw new CliError('usage.invalid', '--seed wants a number', { argument: 'seed' });
}

/** One line now and then. */
function progressOf(output: Output): (progress: Progress) => void {
  let last = monotonicMs();
  return ({ step, done, total }) => {
    if (monotonicMs() - last < progressEveryMs) return;
    last = monotonicMs();
    output.progress(`${step}: ${done}${total === null ? '' : ` of ${total}`}`);
  };
}
