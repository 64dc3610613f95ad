/**
 * What else lies beside the published metadata, where a store can be listed: versions only grow, each gap has a
 * reason, and no earlier snapshot is ahead of a later one.
 */
import { parseSnapshot } from '@rind/metadata';
import type { Snapshot } from '@rind/metadata';
import type { Audit } from './audit.ts';
import { binVersionStride } from './bins.ts';
import { metadataPath } from './metadata-file.ts';
import type { CommittedRecords, UnpublishedNumbers } from './records.ts';
import type { TargetsTree } from './targets-tree.ts';

/** What is published: role → version. */
export type PublishedVersions = ReadonlyMap<string, number>;

const NUMBERED = /^metadata\/([1-9][0-9]{0,15})\.(.+)\.json$/;
const BARE = /^metadata\/(.+)\.json$/;

export async function auditStoredVersions(
  audit: Audit,
  tree: TargetsTree,
  published: PublishedVersions,
  records: CommittedRecords | null,
): Promise<void> {
  const { reader, report } = audit;
  if (reader.list === undefined) return;
  const versions = new Map<string, number[]>();
  for await (const path of reader.list('metadata/')) {
    const numbered = NUMBERED.exec(path);
    const role = numbered?.[2] ?? BARE.exec(path)?.[1];
    if (role === undefined || !(published.has(role) || tree.delegated.has(role))) {
      if (tree.isComplete) report.add('fsck.stray-file', { path });
      continue;
    }
    if (numbered === null) continue;
    report.checked.storedVersions++;
    const known = versions.get(role);
    if (known === undefined) versions.set(role, [Number(numbered[1])]);
    else known.push(Number(numbered[1]));
    if (report.checked.storedVersions % 1000 === 0) {
      audit.progress({ step: 'store', done: report.checked.storedVersions, total: null });
    }
  }
  const numbers = records === null ? null : await records.unpublished();
  for (const [role, stored] of versions) {
    const current = published.get(role);
    if (role === 'root' || current === undefined) continue;
    stored.sort((a, b) => a - b);
    const unpublished = unpublishedOf(role, tree, numbers);
    reportAhead(audit, role, stored, current, unpublished);
    reportGaps(audit, role, stored, current, tree, unpublished);
  }
  await compareSnapshots(audit, versions.get('snapshot') ?? [], published.get('snapshot') ?? 0, numbers);
}

/** Numbers that the database took for what was never published; null without a database. */
function unpublishedOf(
  role: string,
  tree: TargetsTree,
  numbers: UnpublishedNumbers | null,
): ReadonlySet<number> | null {
  if (numbers === null) return null;
  if (role === 'snapshot') return numbers.snapshots;
  const bin = tree.roles.get(role)?.bin ?? null;
  return (bin === null ? undefined : numbers.bins.get(bin)) ?? new Set();
}

/** Burned numbers, a publication under way, or something that nobody can explain. */
function reportAhead(
  { report }: Audit,
  role: string,
  stored: readonly number[],
  current: number,
  unpublished: ReadonlySet<number> | null,
): void {
  for (const version of stored) {
    if (version <= current) continue;
    const explained = unpublished === null || unpublished.has(version);
    const code = explained ? 'fsck.unpublished-version' : 'fsck.unexplained-version';
    report.add(code, { role, version, path: metadataPath(role, version) }, { published: current });
  }
}

/** Numbers between two stored versions that are not there: burned, or collected. */
function reportGaps(
  { report }: Audit,
  role: string,
  stored: readonly number[],
  current: number,
  tree: TargetsTree,
  unpublished: ReadonlySet<number> | null,
): void {
  const isOwnBin = tree.isRind && (tree.roles.get(role)?.bin ?? null) !== null;
  const step = isOwnBin ? binVersionStride : 1;
  const upToCurrent = stored.filter((version) => version <= current);
  let missing = 0;
  for (const [at, version] of upToCurrent.entries()) {
    const before = upToCurrent[at - 1];
    if (before === undefined) continue;
    missing += Math.max(0, Math.floor((version - before) / step) - 1);
    for (const burned of unpublished ?? []) if (burned > before && burned < version) missing--;
  }
  if (missing > 0) report.add('fsck.version-gap', { role, version: current }, { missing, step });
}

/**
 * A client that saw an earlier snapshot refuses a later one in which a role has vanished or gone back (TUF 1.0.34
 * §5.5.5). A snapshot that was stored and never published may be ahead; only the database tells which were.
 */
async function compareSnapshots(
  audit: Audit,
  stored: readonly number[],
  current: number,
  numbers: UnpublishedNumbers | null,
): Promise<void> {
  const { report, limits } = audit;
  const chosen = stored
    .filter((version) => version <= current && numbers?.snapshots.has(version) !== true)
    .slice(-limits.maxEarlierSnapshots - 1);
  const code = numbers === null ? 'fsck.possible-rollback' : 'fsck.rollback';
  let before: Snapshot | null = null;
  for (const version of chosen) {
    const snapshot = await readSnapshot(audit, version);
    if (snapshot === null) continue;
    if (before !== null) {
      report.checked.earlierSnapshots++;
      for (const [file, { version: earlier }] of before.meta) {
        const later = snapshot.meta.get(file)?.version ?? null;
        if (later !== null && later >= earlier) continue;
        report.add(code, { role: 'snapshot', version }, { file, earlier, later, since: before.version });
      }
    }
    before = snapshot;
  }
}

/** An earlier snapshot, by its number; what is no snapshot of that number is nothing a client ever took. */
async function readSnapshot({ reader, report, limits }: Audit, version: number): Promise<Snapshot | null> {
  const place = { role: 'snapshot', version, path: metadataPath('snapshot', version) };
  const bytes = await reader.get(place.path, limits.maxSnapshotBytes);
  if (bytes === null || bytes === 'too-large') return null;
  try {
    const { signed } = parseSnapshot(bytes);
    if (signed.version === version) return signed;
    report.add('fsck.version', place, { expected: version, found: signed.version });
  } catch {
    report.add('fsck.malformed', place, { reason: 'not a snapshot' });
  }
  return null;
}
