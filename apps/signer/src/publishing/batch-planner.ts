import { monotonicMs } from '@rind/kernel';
import { parseSignedGrant } from '@rind/index-model';
import type { GarbageLog, OutboxRow, ProjectFacts, PublicationLog, SetAsideRow } from '@rind/queue-port';
import { binChanges, binIndexOf, decideBatch } from '@rind/repository';
import type { BatchDecision, HeldRow, Quotas, RenderedPage } from '@rind/repository';
import type { Intake } from '../intake/intake.ts';
import { renderPages } from './page-rendering.ts';
import type { PublishingPlan } from './plan.ts';
import { unbuildable, waitingFor } from './unbuildable.ts';

export interface PlannedBatch {
  /** Null when no row of the batch changes anything. */
  readonly plan: PublishingPlan | null;
  readonly setAside: readonly SetAsideRow[];
  readonly held: readonly HeldRow[];
  /** The database's clock when the batch was planned, milliseconds since 1970. */
  readonly databaseNowMs: number;
  /** Outbox ids by target path, to find who filled one that grew too large. */
  readonly rowsByPath: ReadonlyMap<string, readonly number[]>;
}

export interface BatchPlannerParts {
  readonly log: PublicationLog;
  readonly intake: Intake;
  /** What no page may be stored as. */
  readonly garbage: Pick<GarbageLog, 'condemned'>;
  readonly bitLength: number;
  /** True of a bin that is damaged and that nothing proves: what would change it waits. */
  readonly isUnproven: (bin: number) => boolean;
  /** Added to the database's clock before a grant's expiry is judged (development: RIND_CLOCK_OFFSET_MS). */
  readonly clockOffsetMs: number;
  readonly quotas: Quotas;
  /** False only in a benchmark that measures the cost of pages. */
  readonly pages: boolean;
}

/** From rows of the outbox to what a publication will write. All changes of one project go into one publication. */
export class BatchPlanner {
  private readonly parts: BatchPlannerParts;

  constructor(parts: BatchPlannerParts) {
    this.parts = parts;
  }

  async plan(rows: readonly OutboxRow[], takenAtMs = monotonicMs()): Promise<PlannedBatch> {
    const { log, intake, bitLength, quotas, clockOffsetMs, isUnproven } = this.parts;
    const stated = statedGrants(rows);
    const known = await log.known(stated.paths, stated.projects, stated.ids);
    const { requests, refused, voided } = await intake.verify(rows, (path) => known.paths.get(path)?.sha256);
    const binOf = (path: string): number => binIndexOf(path, bitLength);
    const facts = {
      ...known,
      voidedGrants: voided,
      nowMs: known.databaseNowMs + clockOffsetMs,
      binOf,
      quotas,
    };
    let decision = decideBatch(requests, facts);
    let plan = await this.planOf(decision, known.projects, binOf, takenAtMs);
    const blocked = unbuildable(plan?.bins ?? new Map(), isUnproven, bitLength);
    const waiting = waitingFor(blocked, requests);
    if (waiting.length > 0) {
      const others = requests.filter(({ grant }) => !blocked.has(grant.project));
      decision = decideBatch(others, facts);
      plan = await this.planOf(decision, known.projects, binOf, takenAtMs);
    }
    const setAside = [...refused, ...decision.setAside];
    const rowsByPath = new Map<string, number[]>();
    for (const { targetPath, outboxId } of requests) {
      rowsByPath.set(targetPath, [...(rowsByPath.get(targetPath) ?? []), outboxId]);
    }
    const { databaseNowMs } = known;
    return { plan, setAside, held: [...decision.held, ...waiting], rowsByPath, databaseNowMs };
  }

  private async planOf(
    decision: BatchDecision,
    before: ReadonlyMap<string, ProjectFacts>,
    binOf: (path: string) => number,
    takenAtMs: number,
  ): Promise<PublishingPlan | null> {
    if (decision.settled.length === 0) return null;
    const names = [...decision.projects.keys()];
    const committed = await this.parts.log.pathsOf(names);
    const paths = new Map(committed.map((path) => [path.targetPath, path]));
    for (const [targetPath, path] of decision.paths) paths.set(targetPath, path);
    const { garbage } = this.parts;
    const pages = this.parts.pages
      ? await renderPages(decision.projects, [...paths.values()], (keys) => garbage.condemned(keys))
      : [];
    const bins = binChanges(decision, before, [...paths.values()], pages, binOf);
    const pageOf = new Map(pages.map((page) => [page.project, page]));
    const projects = [...decision.projects.values()].map((project) => withPage(project, pageOf, binOf));
    return {
      bins,
      pages,
      takenAtMs,
      record: {
        kind: 'changes',
        bins: [...bins.keys()],
        newSnapshot: true,
        paths: [...decision.paths.values()],
        projects,
        outboxIds: decision.settled,
        grants: decision.grants,
        files: decision.addedFiles,
      },
    };
  }
}

/** What rows say of themselves, unverified: only used to ask the database about it. */
function statedGrants(rows: readonly OutboxRow[]): { paths: string[]; projects: string[]; ids: string[] } {
  const projects = new Set<string>();
  const ids = new Set<string>();
  const paths = new Set<string>();
  for (const row of rows) {
    try {
      const { grant } = parseSignedGrant(row.envelope);
      projects.add(grant.project);
      ids.add(grant.id);
      paths.add(row.targetPath);
      if (grant.filename !== undefined) paths.add(`packages/${grant.project}/${grant.filename}`);
    } catch {
      // Not a grant: the intake refuses the row with its reason.
    }
  }
  return { paths: [...paths], projects: [...projects], ids: [...ids] };
}

function withPage(
  project: ProjectFacts,
  pages: ReadonlyMap<string, RenderedPage>,
  binOf: (path: string) => number,
): ProjectFacts {
  const page = pages.get(project.name);
  if (page === undefined) return project;
  return {
    ...project,
    pageSha256: page.sha256,
    pageLength: page.bytes.length,
    pageBin: binOf(page.targetPath),
  };
}
