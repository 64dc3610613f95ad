/**
 * An outsider's audit of a whole published repository, Rind's or anybody's: what a client would refuse, and what no
 * client can see. Nothing but the given root is trusted, nothing is written, and memory does not grow with the
 * number of targets.
 *
 * In this order, each on what the one before found: roots, timestamp, snapshot, targets roles, target files with what
 * pages name beside them, project pages, what else is stored, the database.
 */
import type { Clock } from '@rind/kernel';
import { isRindError } from '@rind/kernel';
import { parseTimestamp } from '@rind/metadata';
import type { Root, Snapshot, Timestamp } from '@rind/metadata';
import { auditRecords } from './agreement.ts';
import { defaultAuditLimits } from './audit.ts';
import type { Audit, AuditLimits, Progress } from './audit.ts';
import { checkBins } from './bins.ts';
import { metadataPath } from './metadata-file.ts';
import type { RepositoryReader } from './reader.ts';
import type { CommittedRecords } from './records.ts';
import { ReportBuilder } from './report.ts';
import type { FsckReport } from './report.ts';
import { followRoots } from './root-chain.ts';
import { auditStoredVersions } from './stored-versions.ts';
import { TargetFiles } from './target-files.ts';
import type { TargetsMode } from './target-files.ts';
import { TargetsTree } from './targets-tree.ts';
import { auditSnapshot, auditTimestamp } from './top-level.ts';

export interface FsckOptions {
  /** The root to trust, as a client ships with it. */
  readonly root: Uint8Array;
  readonly clock: Clock;
  /** `all` target files are read, a `sample` of them, or `none`. */
  readonly targets: TargetsMode;
  /** Chooses the sample. */
  readonly seed: number;
  /** The index's own records, to be compared with what is published. */
  readonly records?: CommittedRecords;
  readonly limits?: Partial<AuditLimits>;
  readonly progress?: (progress: Progress) => void;
}

/** Audits a repository. Rejects only with what the reader or the records throw. */
export async function fsck(reader: RepositoryReader, options: FsckOptions): Promise<FsckReport> {
  const limits = { ...defaultAuditLimits, ...options.limits };
  const report = new ReportBuilder(limits.maxFindingsPerCode);
  const progress = options.progress ?? (() => {});
  const audit: Audit = { reader, report, nowMs: options.clock.nowMs(), limits, progress };
  if (options.targets === 'sample') report.checked.sampleSeed = options.seed;
  const root = (await followRoots(audit, options.root))?.signed ?? null;
  const timestamp = root === null ? null : await auditTimestamp(audit, root);
  const snapshot = root === null || timestamp === null ? null : await auditSnapshot(audit, root, timestamp);
  if (root !== null && timestamp !== null && snapshot !== null) {
    await auditBelow(audit, { root, timestamp, snapshot }, options);
  }
  return report.finish();
}

interface TopLevel {
  readonly root: Root;
  readonly timestamp: Timestamp;
  readonly snapshot: Snapshot;
}

async function auditBelow(audit: Audit, top: TopLevel, options: FsckOptions): Promise<void> {
  const { root, timestamp, snapshot } = top;
  const { targets, seed, records = null } = options;
  const tree = new TargetsTree(audit, root, snapshot);
  const files = new TargetFiles(audit, root.consistentSnapshot, targets, seed);
  await tree.walk((role, document) => files.take(role, document));
  checkBins(audit, tree, snapshot);
  for (const file of snapshot.meta.keys()) {
    const role = file.replace(/\.json$/, '');
    if (tree.isComplete && !tree.delegated.has(role)) audit.report.add('fsck.dangling', { role }, { file });
  }
  await files.finish(tree);
  const published = new Map([
    ['root', root.version],
    ['timestamp', timestamp.version],
    ['snapshot', snapshot.version],
    ...[...snapshot.meta].map(([file, { version }]) => [file.replace(/\.json$/, ''), version] as const),
  ]);
  await auditStoredVersions(audit, tree, published, records);
  if (records === null) return;
  const visited = [...tree.roles.values()].filter(({ bin }) => bin === null);
  const roles = new Map([
    ...[root, timestamp, snapshot].map(
      ({ type, version, expiresMs }) => [type, { version, expiresMs }] as const,
    ),
    ...visited.map(
      ({ name, version, expires }) => [name, { version, expiresMs: Date.parse(expires) }] as const,
    ),
  ]);
  const { ledger } = files.pages;
  const latestTimestamp = await readTimestampVersion(audit);
  const isSampled = (path: string): boolean => files.isChosen(path);
  await auditRecords(audit, { roles, tree, ledger, isSampled, latestTimestamp }, records);
}

async function readTimestampVersion({ reader, limits }: Audit): Promise<number | null> {
  const bytes = await reader.get(metadataPath('timestamp', null), limits.maxTimestampBytes);
  if (bytes === null || bytes === 'too-large') return null;
  try {
    return parseTimestamp(bytes).signed.version;
  } catch (error) {
    if (!isRindError(error)) throw error;
    return null;
  }
}
