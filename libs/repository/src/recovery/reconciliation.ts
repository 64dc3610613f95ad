import type { PathFacts, ProjectFacts } from '@rind/queue-port';
import type {
  FileDigests,
  GrantTraces,
  LoggedGrant,
  RecordedIndex,
  SignedIndex,
  SignedTarget,
} from './signed-index.ts';
import { signedPath, signedProject } from './signed-facts.ts';
import type { UnprovenReason } from './signed-facts.ts';

/**
 * What makes the index of a database that was set back equal to what is published. Pure.
 *
 * Invariants:
 * 1. What is signed is the authority: a path is live exactly if a verified bin lists it, whatever the database says.
 * 2. Nothing is revived: what the database knows and no bin lists was taken out meanwhile. By whom is not known, so
 *    it counts as revoked, the stricter of the two.
 * 3. A change whose grant is not in the log counts as made now: no older grant undoes it.
 * 4. What was accepted and is nowhere signed is queued again, if the store holds the bytes and the grant is so young
 *    that bins of its time are still stored and show that it never was signed.
 * 5. Applied to its own result, it changes nothing.
 */
export interface Reconciliation {
  /** Facts that differ from the recorded ones. */
  readonly paths: readonly PathFacts[];
  readonly projects: readonly ProjectFacts[];
  /** Grants that the signed state shows as applied and the database does not. */
  readonly applied: readonly LoggedGrant[];
  /** Accepted and never signed. */
  readonly requeued: readonly LoggedGrant[];
  /** What was decided without proof, or not decided. */
  readonly unproven: readonly Unproven[];
}

export interface Unproven {
  readonly path: string;
  readonly reason: UnprovenReason;
}

export interface ReconciliationFacts {
  readonly signed: SignedIndex;
  readonly recorded: RecordedIndex;
  /** In the order of their numbers. */
  readonly grants: readonly LoggedGrant[];
  /** Of signed files that {@link unknownDigests} asked for, by target path. */
  readonly digests: ReadonlyMap<string, FileDigests>;
  /** Of grants that {@link unsignedGrants} answered, by grant id. */
  readonly traces: ReadonlyMap<string, GrantTraces>;
  readonly binOf: (path: string) => number;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
}

/** Milliseconds: for so long the store surely keeps bins that were replaced (they are swept after 25 hours). */
export const provableMs = 24 * 3_600_000;

/** Signed files of which neither record nor log has every digest. */
export function unknownDigests(
  signed: SignedIndex,
  recorded: RecordedIndex,
  grants: readonly LoggedGrant[],
): SignedTarget[] {
  const granted = grantsByFile(grants);
  return [...signed.targets.values()].filter(
    (target) =>
      recorded.paths.get(target.targetPath)?.sha256 !== target.sha256 &&
      granted.get(fileOf(target.targetPath, target.sha256)) === undefined,
  );
}

/** Grants of files that are neither signed nor recorded: the store has to be asked what became of them. */
export function unsignedGrants(
  signed: SignedIndex,
  recorded: RecordedIndex,
  grants: readonly LoggedGrant[],
): LoggedGrant[] {
  return grants.filter(
    ({ grant, targetPath, voided }) =>
      grant.digests !== undefined &&
      !voided &&
      !recorded.applied.has(grant.id) &&
      !signed.targets.has(targetPath) &&
      !recorded.paths.has(targetPath),
  );
}

export function reconcile(facts: ReconciliationFacts): Reconciliation {
  const { signed, recorded, grants, nowMs } = facts;
  const nowSeq = nowMs * 1_000;
  const unproven: Unproven[] = [];
  const granted = grantsByFile(grants);
  const paths: PathFacts[] = [];

  for (const target of signed.targets.values()) {
    const grant = granted.get(fileOf(target.targetPath, target.sha256));
    const before = recorded.paths.get(target.targetPath);
    const page = signed.pages.get(target.project)?.files.find(({ filename }) => filename === target.filename);
    const { path, reasons } = signedPath(target, { grant, before, page, nowSeq }, facts.digests);
    unproven.push(...reasons.map((reason) => ({ path: target.targetPath, reason })));
    if (path !== null && !sameFacts(path, before)) paths.push(path);
  }
  for (const before of recorded.paths.values()) {
    if (before.state !== 'live' || signed.targets.has(before.targetPath)) continue;
    paths.push({ ...before, state: 'revoked', lastSeq: Math.max(before.lastSeq, nowSeq) });
    unproven.push({ path: before.targetPath, reason: 'path.removed' });
  }

  const { applied, requeued, removed } = judgeGrants(facts, unproven);
  paths.push(...removed);
  return { paths, projects: reconcilePages(facts, nowSeq, unproven), applied, requeued, unproven };
}

/** Grants of files: applied where the file is, or was, signed; queued again where it never was. */
function judgeGrants(
  { signed, recorded, grants, traces, binOf, nowMs }: ReconciliationFacts,
  unproven: Unproven[],
): { applied: LoggedGrant[]; requeued: LoggedGrant[]; removed: PathFacts[] } {
  const applied: LoggedGrant[] = [];
  const requeued: LoggedGrant[] = [];
  const removed = new Map<string, PathFacts>();
  for (const logged of grants) {
    const { grant, targetPath, voided } = logged;
    if (voided || grant.digests === undefined || recorded.applied.has(grant.id)) continue;
    if (signed.targets.get(targetPath)?.sha256 === grant.digests.sha256) {
      applied.push(logged);
      continue;
    }
    const trace = traces.get(grant.id);
    if (trace === undefined) continue;
    if (trace.wasSigned) {
      applied.push(logged);
      const path = removedPath(logged, binOf(targetPath), nowMs);
      if (path !== null) removed.set(targetPath, path);
      unproven.push({ path: targetPath, reason: 'path.removed' });
    } else if (trace.stored && grant.exp * 1_000 > nowMs && !recorded.queued.has(grant.id)) {
      if (nowMs - grant.iat * 1_000 <= provableMs) requeued.push(logged);
      else unproven.push({ path: targetPath, reason: 'grant.undecided' });
    }
  }
  return { applied, requeued, removed: [...removed.values()] };
}

/** Keeps the name from being used again. */
function removedPath({ grant, targetPath }: LoggedGrant, bin: number, nowMs: number): PathFacts | null {
  const { digests, length, filename, uploadedAt, project } = grant;
  if (digests === undefined || length === undefined || filename === undefined || uploadedAt === undefined) {
    return null;
  }
  return {
    targetPath,
    project,
    filename,
    state: 'revoked',
    length,
    ...digests,
    requiresPython: grant.requiresPython ?? null,
    coreMetadataSha256: null,
    provenanceSha256: null,
    uploadedAt,
    yanked: false,
    yankedReason: null,
    lastSeq: Math.max(grant.seq, nowMs * 1_000),
    bin,
  };
}

function reconcilePages(
  { signed, recorded }: ReconciliationFacts,
  nowSeq: number,
  unproven: Unproven[],
): ProjectFacts[] {
  const projects: ProjectFacts[] = [];
  for (const page of signed.pages.values()) {
    const before = recorded.projects.get(page.name);
    const { project, changed } = signedProject(page, before, nowSeq);
    if (changed) unproven.push({ path: `simple/${page.name}/index.json`, reason: 'change.unexplained' });
    if (before === undefined || !sameProject(project, before)) projects.push(project);
  }
  for (const before of recorded.projects.values()) {
    if (before.pageSha256 === null || signed.pages.has(before.name)) continue;
    projects.push({ ...before, pageSha256: null, pageLength: null, pageBin: null });
    unproven.push({ path: `simple/${before.name}/index.json`, reason: 'page.removed' });
  }
  return projects;
}

function grantsByFile(grants: readonly LoggedGrant[]): ReadonlyMap<string, LoggedGrant> {
  const files = new Map<string, LoggedGrant>();
  for (const logged of grants) {
    const { digests } = logged.grant;
    if (digests !== undefined && !logged.voided) files.set(fileOf(logged.targetPath, digests.sha256), logged);
  }
  return files;
}

function fileOf(targetPath: string, sha256: string): string {
  return `${sha256} ${targetPath}`;
}

function sameFacts(a: PathFacts, b: PathFacts | undefined): boolean {
  return b !== undefined && (Object.keys(a) as (keyof PathFacts)[]).every((key) => a[key] === b[key]);
}

function sameProject(a: ProjectFacts, b: ProjectFacts): boolean {
  return (Object.keys(a) as (keyof ProjectFacts)[]).every((key) => a[key] === b[key]);
}
