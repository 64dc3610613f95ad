/** Versions of one state of the repository. */
export interface RoleVersions {
  readonly timestampVersion: number;
  readonly snapshotVersion: number;
  /** By bin index. */
  readonly binVersion: (index: number) => number;
}

/** A number that was taken, and the one that is served and should lie below it. */
export interface StaleNumber {
  readonly role: string;
  readonly taken: number;
  readonly served: number;
}

/**
 * The first of the taken numbers that is not above what is served: the record was set back under a running
 * writer. Create-only objects would stop most of it, but the timestamp is replaced, and would go back.
 * A publication without a new snapshot takes no number of it.
 */
export function staleNumber(
  served: RoleVersions,
  taken: {
    readonly timestampVersion: number;
    readonly snapshotVersion: number;
    readonly binVersions: ReadonlyMap<number, number>;
  },
  newSnapshot: boolean,
): StaleNumber | null {
  const { timestampVersion, snapshotVersion } = taken;
  if (timestampVersion <= served.timestampVersion) {
    return { role: 'timestamp', taken: timestampVersion, served: served.timestampVersion };
  }
  const lowest = newSnapshot ? served.snapshotVersion + 1 : served.snapshotVersion;
  if (snapshotVersion < lowest) {
    return { role: 'snapshot', taken: snapshotVersion, served: served.snapshotVersion };
  }
  for (const [index, version] of taken.binVersions) {
    const before = served.binVersion(index);
    if (version <= before) return { role: `bin ${index}`, taken: version, served: before };
  }
  return null;
}
