import type { Grant } from '@rind/index-model';
import type { PathFacts, ProjectFacts } from '@rind/queue-port';

/**
 * What a verified grant may do to what was signed before: the one place of the rules of
 * docs/architecture.md "What the signer enforces". Pure; tested as a truth table.
 *
 * Invariants, in the order in which they are kept:
 * 1. A grant is applied once (`grant.replayed`), not after auth took it back (`grant.voided`), and before it
 *    expires (`grant.expired`).
 * 2. The request names the path that its grant names (`grant.mismatch`).
 * 3. Only what is newer than the last grant of that path counts (`grant.replayed`).
 * 4. A path keeps its first bytes for ever (`path.rewritten`).
 * 5. A file enters only if the store holds exactly the granted bytes (`blob.missing`, `blob.mismatch`).
 * 6. What an operator revoked only an operator restores (`path.revoked`).
 * 7. What an operator put into quarantine only an operator takes out (`project.quarantined`).
 * 8. Quotas hold a request back without refusing it (`quota.exceeded`).
 */
export type GrantIssuer = 'auth' | 'operator';

export type RefusalReason =
  | 'grant.replayed'
  | 'grant.voided'
  | 'grant.expired'
  | 'grant.mismatch'
  | 'path.rewritten'
  | 'path.deleted'
  | 'path.revoked'
  | 'path.unknown'
  | 'project.unknown'
  | 'project.quarantined'
  | 'blob.missing'
  | 'blob.mismatch';

export interface GrantedRequest {
  readonly grant: Grant;
  readonly issuer: GrantIssuer;
  /** The path as the outbox row states it, and as the grant does. */
  readonly statedPath: string;
  readonly targetPath: string;
  readonly coreMetadataSha256: string | null;
  readonly provenanceSha256: string | null;
  /** What the store says of the granted bytes; null when the verb brings none. */
  readonly blob: BlobFacts | null;
}

export interface BlobFacts {
  readonly length: number;
  readonly sha256: string;
}

export interface GrantContext {
  readonly path: PathFacts | undefined;
  readonly project: ProjectFacts | undefined;
  readonly alreadyApplied: boolean;
  /** Auth says that it took the grant back; false also when auth could not be asked. */
  readonly voided: boolean;
  readonly nowMs: number;
  readonly binOf: (path: string) => number;
  readonly addedLastHour: number;
  readonly deletedLastHour: number;
  readonly quotas: Quotas;
}

export interface Quotas {
  readonly newFilesPerProjectAndHour: number;
  readonly deletionsPerHour: number;
}

export const defaultQuotas: Quotas = { newFilesPerProjectAndHour: 2_000, deletionsPerHour: 1_000 };

export type GrantDecision =
  | { readonly kind: 'path'; readonly path: PathFacts; readonly counts: 'added' | 'deleted' | null }
  | { readonly kind: 'project'; readonly project: ProjectFacts }
  | { readonly kind: 'refuse'; readonly reason: RefusalReason }
  | { readonly kind: 'hold'; readonly reason: 'quota.exceeded' };

export function decideGrant(request: GrantedRequest, context: GrantContext): GrantDecision {
  const { grant } = request;
  if (context.alreadyApplied) return refuse('grant.replayed');
  if (context.voided) return refuse('grant.voided');
  if (grant.exp * 1000 <= context.nowMs) return refuse('grant.expired');
  if (request.statedPath !== request.targetPath) return refuse('grant.mismatch');
  if (grant.verb === 'status') return decideStatus(request, context);
  if (grant.verb === 'add' || grant.verb === 'import') return decideAdd(request, context);
  return decideExisting(request, context);
}

function decideStatus({ grant, issuer }: GrantedRequest, { project }: GrantContext): GrantDecision {
  if (project === undefined) return refuse('project.unknown');
  if (grant.seq <= project.lastSeq) return refuse('grant.replayed');
  if (project.status === 'quarantined' && issuer !== 'operator') return refuse('project.quarantined');
  return {
    kind: 'project',
    project: {
      ...project,
      status: grant.status ?? 'active',
      statusReason: grant.reason ?? null,
      lastSeq: grant.seq,
    },
  };
}

function decideAdd(request: GrantedRequest, context: GrantContext): GrantDecision {
  const { grant, blob } = request;
  const { path } = context;
  const { digests, length, filename, uploadedAt } = grant;
  if (digests === undefined || length === undefined || filename === undefined || uploadedAt === undefined) {
    return refuse('grant.mismatch');
  }
  if (path !== undefined) {
    if (path.sha256 !== digests.sha256) return refuse('path.rewritten');
    if (grant.seq <= path.lastSeq) return refuse('grant.replayed');
    if (path.state !== 'live') return refuse(path.state === 'revoked' ? 'path.revoked' : 'path.deleted');
    return { kind: 'path', path: { ...path, lastSeq: grant.seq }, counts: null };
  }
  if (blob === null) return refuse('blob.missing');
  if (blob.length !== length || blob.sha256 !== digests.sha256) return refuse('blob.mismatch');
  if (grant.verb === 'add' && context.addedLastHour >= context.quotas.newFilesPerProjectAndHour) return hold;
  return {
    kind: 'path',
    counts: 'added',
    path: {
      targetPath: request.targetPath,
      project: grant.project,
      filename,
      state: 'live',
      length,
      ...digests,
      requiresPython: grant.requiresPython ?? null,
      coreMetadataSha256: request.coreMetadataSha256,
      provenanceSha256: request.provenanceSha256,
      uploadedAt,
      yanked: false,
      yankedReason: null,
      lastSeq: grant.seq,
      bin: context.binOf(request.targetPath),
    },
  };
}

function decideExisting(request: GrantedRequest, context: GrantContext): GrantDecision {
  const { grant, issuer, blob } = request;
  const { path } = context;
  if (path === undefined) return refuse('path.unknown');
  if (grant.seq <= path.lastSeq) return refuse('grant.replayed');
  const next = { ...path, lastSeq: grant.seq };
  switch (grant.verb) {
    case 'yank':
    case 'unyank':
      if (path.state !== 'live') return refuse(path.state === 'revoked' ? 'path.revoked' : 'path.deleted');
      return {
        kind: 'path',
        counts: null,
        path: {
          ...next,
          yanked: grant.verb === 'yank',
          yankedReason: grant.verb === 'yank' ? (grant.reason ?? null) : null,
        },
      };
    case 'delete':
    case 'revoke':
      if (path.state === 'revoked' && grant.verb === 'delete') return refuse('path.revoked');
      if (path.state === 'deleted' && grant.verb === 'delete') return refuse('path.deleted');
      if (issuer === 'auth' && context.deletedLastHour >= context.quotas.deletionsPerHour) return hold;
      return {
        kind: 'path',
        counts: 'deleted',
        path: { ...next, state: grant.verb === 'revoke' ? 'revoked' : 'deleted' },
      };
    case 'restore':
      if (path.state === 'revoked' && issuer !== 'operator') return refuse('path.revoked');
      if (blob === null) return refuse('blob.missing');
      if (blob.length !== path.length || blob.sha256 !== path.sha256) return refuse('blob.mismatch');
      return { kind: 'path', counts: null, path: { ...next, state: 'live' } };
    default:
      return refuse('grant.mismatch');
  }
}

const hold: GrantDecision = { kind: 'hold', reason: 'quota.exceeded' };

function refuse(reason: RefusalReason): GrantDecision {
  return { kind: 'refuse', reason };
}
