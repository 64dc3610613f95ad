import type { AppliedGrant, AuditEvent, PathFacts, ProjectFacts, SetAsideRow } from '@rind/queue-port';
import type { BinChange } from './bin-document.ts';
import { decideGrant } from './grant-rules.ts';
import type { GrantDecision, GrantedRequest, Quotas, RefusalReason } from './grant-rules.ts';

/** A row of the outbox whose grant verified; `envelope` is the grant's verbatim bytes. */
export interface BatchRequest extends GrantedRequest {
  readonly outboxId: number;
  readonly envelope: Uint8Array;
}

export interface BatchFacts {
  readonly paths: ReadonlyMap<string, PathFacts>;
  readonly projects: ReadonlyMap<string, ProjectFacts>;
  readonly appliedGrants: ReadonlySet<string>;
  /** Ids of grants that auth took back. */
  readonly voidedGrants: ReadonlySet<string>;
  readonly addedLastHour: ReadonlyMap<string, number>;
  readonly deletedLastHour: number;
  readonly nowMs: number;
  readonly binOf: (path: string) => number;
  readonly quotas: Quotas;
}

/** What a batch of requests comes to: each row is in exactly one of `settled`, `setAside` and `held`. */
export interface BatchDecision {
  readonly settled: readonly number[];
  readonly setAside: readonly SetAsideRow[];
  readonly held: readonly HeldRow[];
  readonly grants: readonly AppliedGrant[];
  /** Paths as they will be, changed ones only. */
  readonly paths: ReadonlyMap<string, PathFacts>;
  /** Projects as they will be, without their pages: every project of a changed path or status. */
  readonly projects: ReadonlyMap<string, ProjectFacts>;
  readonly addedFiles: number;
}

export interface HeldRow {
  readonly outboxId: number;
  readonly audit: AuditEvent;
}

/** The audit event of each refusal; the reason itself stands in the receipt. */
const eventOf: Readonly<Record<RefusalReason, string>> = {
  'grant.replayed': 'grant.replayed',
  'grant.voided': 'grant.invalid',
  'grant.expired': 'grant.invalid',
  'grant.mismatch': 'grant.mismatch',
  'path.rewritten': 'path.rewritten',
  'path.deleted': 'grant.mismatch',
  'path.revoked': 'grant.mismatch',
  'path.unknown': 'grant.mismatch',
  'project.unknown': 'grant.mismatch',
  'project.quarantined': 'grant.mismatch',
  'blob.missing': 'blob.missing',
  'blob.mismatch': 'blob.mismatch',
};

/**
 * Applies requests in order to what is known, each seeing the changes of those before it. One bad row
 * is set aside with its reason and never stops the others; two rows with one grant are a replay.
 */
export function decideBatch(requests: readonly BatchRequest[], facts: BatchFacts): BatchDecision {
  const paths = new Map<string, PathFacts>();
  const projects = new Map<string, ProjectFacts>();
  const applied = new Set(facts.appliedGrants);
  const added = new Map(facts.addedLastHour);
  let deleted = facts.deletedLastHour;
  let addedFiles = 0;
  const settled: number[] = [];
  const setAside: SetAsideRow[] = [];
  const held: HeldRow[] = [];
  const grants: AppliedGrant[] = [];

  for (const request of requests) {
    const { grant } = request;
    const project = projects.get(grant.project) ?? facts.projects.get(grant.project);
    const decision = decideGrant(request, {
      path: paths.get(request.targetPath) ?? facts.paths.get(request.targetPath),
      project,
      alreadyApplied: applied.has(grant.id),
      voided: facts.voidedGrants.has(grant.id),
      nowMs: facts.nowMs,
      binOf: facts.binOf,
      addedLastHour: added.get(grant.project) ?? 0,
      deletedLastHour: deleted,
      quotas: facts.quotas,
    });
    if (decision.kind === 'refuse') {
      setAside.push({
        outboxId: request.outboxId,
        reason: decision.reason,
        audit: auditOf(request, decision),
      });
      continue;
    }
    if (decision.kind === 'hold') {
      held.push({ outboxId: request.outboxId, audit: auditOf(request, decision) });
      continue;
    }
    if (decision.kind === 'path') {
      paths.set(decision.path.targetPath, decision.path);
      projects.set(grant.project, project ?? newProject(grant.project));
      if (decision.counts === 'added') {
        added.set(grant.project, (added.get(grant.project) ?? 0) + 1);
        addedFiles++;
      }
      if (decision.counts === 'deleted') deleted++;
    } else {
      projects.set(grant.project, decision.project);
    }
    applied.add(grant.id);
    settled.push(request.outboxId);
    grants.push({
      id: grant.id,
      seq: grant.seq,
      verb: grant.verb,
      project: grant.project,
      targetPath: request.targetPath,
      envelope: request.envelope,
    });
  }
  return { settled, setAside, held, grants, paths, projects, addedFiles };
}

/** A project's page as it will be: its object, and the target that names it. */
export interface RenderedPage {
  readonly project: string;
  readonly targetPath: string;
  readonly bytes: Uint8Array;
  readonly sha256: string;
}

/** Every change of every bin that the batch causes; a quarantined project's files are in no bin. */
export function binChanges(
  decision: BatchDecision,
  before: ReadonlyMap<string, ProjectFacts>,
  allPaths: readonly PathFacts[],
  pages: readonly RenderedPage[],
  binOf: (path: string) => number,
): Map<number, BinChange[]> {
  const changes = new Map<number, BinChange[]>();
  const add = (bin: number, change: BinChange): void => {
    const list = changes.get(bin);
    if (list === undefined) changes.set(bin, [change]);
    else list.push(change);
  };
  const quarantined = (name: string): boolean => decision.projects.get(name)?.status === 'quarantined';
  const moved = new Set(
    [...decision.projects.values()]
      .filter(({ name, status }) => {
        const was = before.get(name)?.status === 'quarantined';
        return was !== (status === 'quarantined');
      })
      .map(({ name }) => name),
  );
  for (const path of allPaths) {
    if (!decision.paths.has(path.targetPath) && !moved.has(path.project)) continue;
    const shown = path.state === 'live' && !quarantined(path.project);
    add(path.bin, {
      path: path.targetPath,
      target: shown ? { length: path.length, sha256: path.sha256 } : null,
    });
  }
  for (const page of pages) {
    add(binOf(page.targetPath), {
      path: page.targetPath,
      target: { length: page.bytes.length, sha256: page.sha256 },
    });
  }
  return changes;
}

/** A project of which nothing was signed yet. */
export function newProject(name: string): ProjectFacts {
  return {
    name,
    status: 'active',
    statusReason: null,
    lastSeq: 0,
    pageSha256: null,
    pageLength: null,
    pageBin: null,
  };
}

function auditOf(
  { grant, targetPath, statedPath }: BatchRequest,
  decision: Exclude<GrantDecision, { kind: 'path' | 'project' }>,
): AuditEvent {
  return {
    event: decision.kind === 'hold' ? decision.reason : eventOf[decision.reason],
    actor: grant.actor,
    project: grant.project,
    target: targetPath,
    detail: { reason: decision.reason, grant: grant.id, verb: grant.verb, seq: grant.seq, statedPath },
  };
}
