import type { PageFile } from '@rind/index-model';
import type { PathFacts, ProjectFacts } from '@rind/queue-port';
import type { FileDigests, LoggedGrant, SignedPage, SignedTarget } from './signed-index.ts';

/**
 * - `grant.missing`: signed, and its grant is not in the log; kept as signed
 * - `facts.unknown`: signed, and neither page, grant nor record tells its facts
 * - `path.rewritten`: signed with other bytes than the record has
 * - `path.removed`: recorded and not signed; revoked
 * - `page.removed`: a project's page is recorded and not signed
 * - `change.unexplained`: yanked, restored or of another status than recorded; kept as signed
 * - `grant.undecided`: granted too long ago to tell whether the file was ever signed; not queued
 * - `digests.unknown`: the store does not hold what is signed; the path is not recorded
 */
export type UnprovenReason =
  | 'grant.missing'
  | 'facts.unknown'
  | 'path.rewritten'
  | 'path.removed'
  | 'page.removed'
  | 'change.unexplained'
  | 'grant.undecided'
  | 'digests.unknown';

/** Who tells the facts of a signed path, besides the bin. */
export interface Sources {
  readonly grant: LoggedGrant | undefined;
  readonly before: PathFacts | undefined;
  readonly page: PageFile | undefined;
  readonly nowSeq: number;
}

/** The facts of a path as it is signed; null when nobody knows its digests. */
export function signedPath(
  target: SignedTarget,
  { grant, before, page, nowSeq }: Sources,
  digests: ReadonlyMap<string, FileDigests>,
): { path: PathFacts | null; reasons: UnprovenReason[] } {
  const reasons: UnprovenReason[] = [];
  const same = before?.sha256 === target.sha256 ? before : undefined;
  if (before !== undefined && same === undefined) reasons.push('path.rewritten');
  if (grant === undefined && same === undefined) reasons.push('grant.missing');
  const known = same ?? grant?.grant.digests ?? digests.get(target.targetPath);
  if (known === undefined) return { path: null, reasons: [...reasons, 'digests.unknown'] };
  const uploadedAt = page?.uploadTime ?? same?.uploadedAt ?? grant?.grant.uploadedAt;
  if (uploadedAt === undefined) reasons.push('facts.unknown');
  const changed =
    same === undefined
      ? page !== undefined && page.yanked !== false
      : same.state !== 'live' || (page !== undefined && isYanked(page) !== same.yanked);
  if (changed) reasons.push('change.unexplained');
  const { targetPath, project, filename, length, sha256, bin } = target;
  return {
    reasons,
    path: {
      targetPath,
      project,
      filename,
      state: 'live',
      length,
      sha256,
      sha512: known.sha512,
      blake2b256: known.blake2b256,
      // A page that does not list the file (PEP 792's quarantine) says nothing of it.
      requiresPython:
        page === undefined
          ? (same?.requiresPython ?? grant?.grant.requiresPython ?? null)
          : (page.requiresPython ?? null),
      coreMetadataSha256:
        page === undefined ? (same?.coreMetadataSha256 ?? null) : (page.coreMetadataSha256 ?? null),
      provenanceSha256:
        page === undefined ? (same?.provenanceSha256 ?? null) : (page.provenanceSha256 ?? null),
      uploadedAt: uploadedAt ?? '1970-01-01T00:00:00.000000Z',
      yanked: page === undefined ? (same?.yanked ?? false) : isYanked(page),
      yankedReason:
        page === undefined ? (same?.yankedReason ?? null) : reasonOf(page, same?.yankedReason ?? null),
      lastSeq: Math.max(
        same?.lastSeq ?? 0,
        grant?.grant.seq ?? 0,
        seqOfUpload(uploadedAt),
        changed ? nowSeq : 0,
      ),
      bin,
    },
  };
}

/** The number of the grant that an upload time was taken from: microseconds since 1970. */
function seqOfUpload(uploadedAt: string | undefined): number {
  if (uploadedAt === undefined) return 0;
  return Date.parse(`${uploadedAt.slice(0, 19)}Z`) * 1_000 + Number(uploadedAt.slice(20, 26));
}

/** The facts of a project as its page is signed; `changed`: of another status than recorded. */
export function signedProject(
  { name, status, statusReason, sha256, length, bin }: SignedPage,
  before: ProjectFacts | undefined,
  nowSeq: number,
): { project: ProjectFacts; changed: boolean } {
  const changed = status !== (before?.status ?? 'active');
  const lastSeq = changed ? Math.max(before?.lastSeq ?? 0, nowSeq) : (before?.lastSeq ?? 0);
  return {
    changed,
    project: { name, status, statusReason, lastSeq, pageSha256: sha256, pageLength: length, pageBin: bin },
  };
}

function isYanked({ yanked }: PageFile): boolean {
  return yanked !== false;
}

/** An empty text on a page is no reason; of two words for none, the record's stays. */
function reasonOf({ yanked }: PageFile, before: string | null): string | null {
  if (yanked === false) return null;
  return typeof yanked === 'string' && yanked !== '' ? yanked : before === '' ? '' : null;
}
