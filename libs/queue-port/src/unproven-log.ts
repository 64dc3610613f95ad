/** A bin that is damaged in the store and that nothing on record proves. */
export interface UnprovenBinRecord {
  readonly idx: number;
  /** `grants`: some on record do not verify or are missing. `targets`: they are more or fewer than the bin held. */
  readonly reason: 'grants' | 'targets';
}

/** The reason of a request that waits for such a bin. */
export const unprovenReason = 'bin.unproven';

/**
 * What is on record about bins that cannot be built, and about the requests that wait for them. Both writes check
 * `fence = mine` and throw `lease.lost` when a newer holder exists.
 */
export interface UnprovenLog {
  /** The bins of the last holder. */
  unprovenBins(): Promise<UnprovenBinRecord[]>;
  /** These are all of them from now on; requests that waited for any are free to be looked at again. */
  recordUnproven(fence: number, bins: readonly UnprovenBinRecord[]): Promise<void>;
  /** Pending rows that wait for such a bin: they stay pending, with {@link unprovenReason}. */
  holdRows(fence: number, outboxIds: readonly number[]): Promise<void>;
}
