import type { TargetPath } from '@rind/kernel';
import type { Audit } from './audit.ts';
import { ProjectLedger } from './project-ledger.ts';
import type { ProjectEntry } from './project-ledger.ts';
import type { CommittedRecords, RecordedTarget } from './records.ts';
import { ReportBuilder } from './report.ts';
import type { TargetsTree } from './targets-tree.ts';

/** What the audit found published, to be compared with the records. */
export interface PublishedState {
  /** By role: root, targets, bins, snapshot, timestamp. */
  readonly roles: ReadonlyMap<string, { readonly version: number; readonly expiresMs: number }>;
  readonly tree: TargetsTree;
  readonly ledger: ProjectLedger;
  /** Whether a recorded target is looked up by itself. */
  readonly isSampled: (path: string) => boolean;
  /** The version of the timestamp that is published now, after everything was read. */
  readonly latestTimestamp: number | null;
}

/** Compares the published state with the database's: versions, expiry, and which targets there are. */
export async function auditRecords(
  audit: Audit,
  state: PublishedState,
  records: CommittedRecords,
): Promise<void> {
  if (await isElsewhere(audit, state, records)) return;
  compareRoles(audit, state, records);
  compareBins(audit, state.tree, records);
  if (state.tree.isComplete) await compareTargets(audit, state, records);
}

/** A publication between the two readings is no disagreement; then nothing more can be compared. */
async function isElsewhere(
  { report }: Audit,
  state: PublishedState,
  records: CommittedRecords,
): Promise<boolean> {
  const published = state.roles.get('timestamp')?.version ?? 0;
  const recorded = records.roles.find(({ name }) => name === 'timestamp')?.version ?? 0;
  if (published === recorded) return false;
  const place = { role: 'timestamp', version: published };
  if (records.open.some(({ timestampVersion }) => timestampVersion === published)) {
    report.add('fsck.publication-open', place, { recorded });
    return true;
  }
  if (state.latestTimestamp !== null && state.latestTimestamp > published) {
    report.add('fsck.moved-on', place, { recorded, latest: state.latestTimestamp });
    return true;
  }
  if (published > recorded) {
    const latest = await records.latestTimestamp();
    if (latest < published) return false;
    report.add('fsck.moved-on', place, { recorded, latest });
    return true;
  }
  return false;
}

function compareRoles({ report }: Audit, state: PublishedState, records: CommittedRecords): void {
  const recordedNames = new Set<string>();
  for (const { name: role, version, expiresMs } of records.roles) {
    recordedNames.add(role);
    report.checked.databaseRows++;
    const published = state.roles.get(role) ?? null;
    if (published?.version === version && Math.abs(published.expiresMs - expiresMs) < 1000) continue;
    report.add(
      'fsck.database-role',
      { role, version: published?.version ?? null },
      { recorded: { version, expiresMs }, published },
    );
  }
  for (const [role, published] of state.roles) {
    if (recordedNames.has(role)) continue;
    report.add('fsck.database-role', { role, version: published.version }, { recorded: null, published });
  }
}

function compareBins({ report }: Audit, tree: TargetsTree, records: CommittedRecords): void {
  const seen = new Set<number>();
  for (const { name: role, bin, version, expires } of tree.roles.values()) {
    if (bin === null) continue;
    seen.add(bin);
    report.checked.databaseRows++;
    const recorded = records.bins.get(bin) ?? null;
    const published = { version, expiresMs: Date.parse(expires) };
    if (recorded?.version === version && Math.abs(recorded.expiresMs - published.expiresMs) < 1000) continue;
    report.add('fsck.database-role', { role, version }, { recorded, published });
  }
  for (const [bin, recorded] of records.bins) {
    if (!seen.has(bin)) report.add('fsck.database-role', {}, { bin, recorded, published: null });
  }
}

/** Sums of all projects are compared; a target of the sample is looked up by itself. */
async function compareTargets(audit: Audit, state: PublishedState, records: CommittedRecords): Promise<void> {
  const report = new ReportBuilder(audit.limits.maxFindingsPerCode);
  const part = { ...audit, report };
  const recorded = new ProjectLedger();
  let done = 0;
  for await (const target of records.targets()) {
    audit.report.checked.databaseRows++;
    recorded.add(target.path, { length: target.length, hashes: new Map([['sha256', target.sha256]]) });
    if (state.isSampled(target.path)) await compareTarget(part, state.tree, target);
    if (++done % 10_000 === 0) audit.progress({ step: 'database', done, total: null });
  }
  const projects = new Set([...recorded.projects.keys(), ...state.ledger.projects.keys()]);
  for (const project of projects) {
    const ours = recorded.projects.get(project);
    const theirs = state.ledger.projects.get(project);
    if (ours !== undefined && theirs !== undefined && isSame(ours, theirs)) continue;
    const counts = { recorded: ours?.signed.count ?? 0, published: theirs?.signed.count ?? 0 };
    const pages = { recordedPages: ours?.page.count ?? 0, publishedPages: theirs?.page.count ?? 0 };
    report.add('fsck.database-targets', { path: `packages/${project}/` }, { ...counts, ...pages });
  }
  // The targets were read last: a publication that ended since the rest was read explains any difference.
  if (await records.isCurrent()) audit.report.merge(report);
  else
    audit.report.add('fsck.moved-on', {
      role: 'timestamp',
      version: state.roles.get('timestamp')?.version ?? null,
    });
}

function isSame(ours: ProjectEntry, theirs: ProjectEntry): boolean {
  return ours.signed.equals(theirs.signed) && ours.page.equals(theirs.page);
}

async function compareTarget({ report }: Audit, tree: TargetsTree, target: RecordedTarget): Promise<void> {
  const { path, length, sha256 } = target;
  const found = await tree.find(path as TargetPath);
  const published =
    found === null ? null : { length: found.file.length, sha256: found.file.hashes.get('sha256') };
  if (published?.length === length && published.sha256 === sha256) return;
  report.add(
    'fsck.database-targets',
    { role: found?.role ?? null, path },
    { recorded: { length, sha256 }, published },
  );
}
