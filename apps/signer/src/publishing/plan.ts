import type { PublicationPlan } from '@rind/queue-port';
import type { BinChange, RenderedPage } from '@rind/repository';

/** Everything a publication will write; the record of it is `record`. */
export interface PublishingPlan {
  readonly record: PublicationPlan;
  /** By bin index; null means that only version and expiry change. */
  readonly bins: ReadonlyMap<number, readonly BinChange[] | null>;
  readonly pages: readonly RenderedPage[];
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

/** A new timestamp over the same snapshot: the first act of a new writer. */
export function takeoverPlan(takenAtMs: number): PublishingPlan {
  return {
    takenAtMs,
    pages: [],
    bins: new Map(),
    record: { ...nothing, kind: 'takeover', bins: [], newSnapshot: false },
  };
}

const nothing = { paths: [], projects: [], outboxIds: [], grants: [], files: 0 } as const;
