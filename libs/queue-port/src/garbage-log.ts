/** What the committed record and unfinished publications refer to, of the bins and projects that were asked about. */
export interface StoreReferences {
  /** Versions of the snapshot. */
  readonly snapshots: ReadonlySet<number>;
  /** Versions by bin index. */
  readonly bins: ReadonlyMap<number, ReadonlySet<number>>;
  /** SHA-256 of pages by project, lower-case hex. */
  readonly pages: ReadonlyMap<string, ReadonlySet<string>>;
}

/** A file that was taken out of the index and whose object may still be stored. */
export interface GonePackage {
  readonly targetPath: string;
  readonly project: string;
  readonly filename: string;
  /** Lower-case hex. */
  readonly sha256: string;
  /** True when the core metadata is an object of its own beside the file. */
  readonly hasCoreMetadata: boolean;
  /** True when the last publication that changed the path is older than the retention, and nothing waits for the path. */
  readonly expired: boolean;
}

/** How many unreferenced objects there are, by how long that is known. */
export interface GarbageCensus {
  readonly metadata: GarbageCount;
  readonly pages: GarbageCount;
}

export interface GarbageCount {
  /** Within the grace period. */
  readonly waiting: number;
  /** Beyond it. */
  readonly due: number;
}

/**
 * What the sweep of the object store remembers. What is referred to changes under a fence only, and a sweep
 * runs between the publications of one holder: what it read is still so when the fenced call that follows
 * succeeds. Methods with a fence throw `lease.lost` when a newer holder exists; each is one transaction.
 */
export interface GarbageLog {
  references(bins: readonly number[], projects: readonly string[]): Promise<StoreReferences>;
  /** The last snapshot of each of the last `days` days (UTC, by the time of closing; today is one), versions ascending. */
  dailySnapshots(days: number): Promise<number[]>;
  /** Remembers since when `unreferenced` keys are so; forgets `kept` ones. */
  observe(fence: number, kept: readonly string[], unreferenced: readonly string[]): Promise<void>;
  /** Keys that have been unreferenced for longer than `graceMs`, longest first. */
  due(graceMs: number, limit: number): Promise<string[]>;
  census(graceMs: number): Promise<GarbageCensus>;
  /** Files that are not served and whose objects were never condemned, by path, above `after`. */
  gonePackages(retentionMs: number, after: string, limit: number): Promise<GonePackage[]>;

  /**
   * Before anything is deleted: from here on nothing may refer to these keys. Answers those that were
   * condemned; a key that something refers to is not.
   * @param lasting true: never again, even when the deletion is confirmed
   */
  condemn(fence: number, keys: readonly string[], lasting: boolean): Promise<string[]>;
  /** This holder deleted what it condemned, at the first attempt: nobody else will. */
  confirm(fence: number, keys: readonly string[]): Promise<void>;
  /**
   * What was confirmed longer than `afterMs` ago may be referred to again, but for what is lasting: until then
   * a request that somebody on the way delivered twice could still delete it.
   */
  pardon(fence: number, afterMs: number): Promise<void>;
  /** Condemned keys whose deletion nobody confirmed. */
  unconfirmed(limit: number): Promise<string[]>;
  /** What an earlier attempt left behind is deleted now; that attempt may still come, so the rows stay for good. */
  settle(fence: number, keys: readonly string[]): Promise<void>;
  /** Those of the keys that nothing may refer to. */
  condemned(keys: readonly string[]): Promise<ReadonlySet<string>>;
}
