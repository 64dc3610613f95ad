import type { OfflineChange, PublicationPlan } from '@rind/queue-port';
import type { BinChange, RenderedPage, Unshown } from '@rind/repository';
import type { Rebuilt } from '../repair/rebuild.ts';

/** Everything a publication will write; the record of it is `record`. */
export interface PublishingPlan {
  readonly record: PublicationPlan;
  /** By bin index; null means that only version and expiry change. */
  readonly bins: ReadonlyMap<number, readonly BinChange[] | null>;
  /** Those of `bins` whose changes are all that they hold: what the store has of them is lost. */
  readonly whole?: ReadonlySet<number>;
  readonly pages: readonly RenderedPage[];
  /** Versions of the offline roles that the snapshot lists from this publication on. */
  readonly offline?: { readonly targets?: number; readonly bins?: number };
  /** Monotonic milliseconds when the batch was taken. */
  readonly takenAtMs: number;
}

/** Nothing but new signatures over what is there. */
export function refreshPlan(bins: readonly number[], takenAtMs: number): PublishingPlan {
  return {
    takenAtMs,
    pages: [],
    bins: new Map(bins.map((idx) => [idx, null])),
    record: { ...nothing, kind: 'refresh', bins, newSnapshot: true },
  };
}

/** The first act of a new writer: a new timestamp, over the same snapshot if clients saw no other one. */
export function takeoverPlan(takenAtMs: number, above: Unshown = nothingUnshown): PublishingPlan {
  const { bins, newSnapshot } = above;
  return {
    takenAtMs,
    pages: [],
    bins: new Map(bins.map((idx) => [idx, null])),
    record: { ...nothing, kind: 'takeover', bins, newSnapshot },
  };
}

const nothingUnshown: Unshown = { newSnapshot: false, bins: [] };

/** The same, with new signatures over these bins too. */
export function signingAnew(plan: PublishingPlan, indexes: readonly number[]): PublishingPlan {
  const others = indexes.filter((idx) => !plan.bins.has(idx));
  if (others.length === 0) return plan;
  const bins = new Map([...plan.bins, ...others.map((idx) => [idx, null] as const)]);
  return { ...plan, bins, record: { ...plan.record, bins: [...bins.keys()] } };
}

/** What people signed goes into effect; with new keys for the bins, those that need it are signed anew. */
export function ceremonyPlan(
  offline: readonly OfflineChange[],
  bins: readonly number[],
  takenAtMs: number,
): PublishingPlan {
  const version = (role: OfflineChange['role']) => offline.find((change) => change.role === role)?.version;
  const [targets, ownBins] = [version('targets'), version('bins')];
  return {
    takenAtMs,
    pages: [],
    bins: new Map(bins.map((idx) => [idx, null])),
    offline: {
      ...(targets === undefined ? {} : { targets }),
      ...(ownBins === undefined ? {} : { bins: ownBins }),
    },
    record: { ...nothing, kind: 'ceremony', bins, newSnapshot: true, offline },
  };
}

const nothing = { paths: [], projects: [], outboxIds: [], grants: [], files: 0 } as const;

/** What was damaged is made anew; with nothing to make, a new snapshot and timestamp alone. */
export function repairPlan(
  made: Pick<Rebuilt, 'bins' | 'whole' | 'pages' | 'projects' | 'corrected'>,
  takenAtMs: number,
): PublishingPlan {
  const { bins, whole, pages, projects, corrected } = made;
  return {
    takenAtMs,
    pages,
    bins,
    whole,
    record: {
      ...nothing,
      kind: bins.size === 0 ? 'refresh' : 'changes',
      bins: [...bins.keys()],
      newSnapshot: true,
      paths: corrected,
      projects,
    },
  };
}
