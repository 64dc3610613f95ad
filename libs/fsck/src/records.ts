/** What an index's own database says was published; all of one moment. */
export interface CommittedRecords {
  /** Root, targets, bins, snapshot and timestamp. */
  readonly roles: readonly RecordedVersion[];
  /** By the number of the bin. */
  readonly bins: ReadonlyMap<number, Omit<RecordedVersion, 'name'> & { readonly targets: number }>;
  /** Publications that are neither closed nor abandoned. */
  readonly open: readonly { readonly snapshotVersion: number; readonly timestampVersion: number }[];
  /**
   * Numbers that were taken and are not published as of the moment of these records, asked for after the store was
   * listed: what is stored has its number recorded first, so none that turned up since is missing here.
   */
  unpublished(): Promise<UnpublishedNumbers>;
  /** Every file and every project page that should be a target now, in any order. */
  targets(): AsyncIterable<RecordedTarget>;
  /** The newest timestamp of a publication that has ended or is under way, as of the call. */
  latestTimestamp(): Promise<number>;
  /** Whether nothing was published since the moment of these records. */
  isCurrent(): Promise<boolean>;
}

/** Versions of publications that were abandoned, have not ended, or ended later. */
export interface UnpublishedNumbers {
  readonly snapshots: ReadonlySet<number>;
  /** By the number of the bin. */
  readonly bins: ReadonlyMap<number, ReadonlySet<number>>;
}

export interface RecordedVersion {
  readonly name: string;
  readonly version: number;
  /** Milliseconds since 1970. */
  readonly expiresMs: number;
}

export interface RecordedTarget {
  readonly path: string;
  /** Bytes. */
  readonly length: number;
  /** Lower-case hex. */
  readonly sha256: string;
}
