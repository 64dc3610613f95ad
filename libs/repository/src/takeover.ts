/**
 * What a new holder of the lease makes of what it finds. Pure; tested as a truth table.
 *
 * The store's timestamp is the authority, the database its index:
 * 1. A timestamp that a prepared publication of ours explains is rolled forward: it was published.
 * 2. The committed timestamp: nothing happened since; everything unfinished is abandoned, but only
 *    after the new holder has itself moved the timestamp, so that a stopped predecessor cannot swap late.
 * 3. An older timestamp than the committed one: somebody rolled the store back (`store.older`); the
 *    committed state is published anew.
 * 4. A newer one that no record explains: refuse, a person must look (the signer's `writer.refused`).
 *
 * Whatever is decided, what clients may have been shown and the store does not show any more is outdone
 * ({@link unshown}): a prepared publication may have been swapped, and the store set back since.
 */
export interface StoredTimestamp {
  readonly version: number;
  /** SHA-256 of the stored bytes, lower-case hex. */
  readonly sha256: string;
  readonly snapshotVersion: number;
}

export interface UnfinishedRecord {
  readonly id: number;
  readonly state: 'open' | 'prepared';
  readonly timestampVersion: number;
  readonly timestampSha256: string | null;
}

/** What a publication that was not closed would have shown. */
export interface UnfinishedContent extends UnfinishedRecord {
  readonly snapshotVersion: number;
  /** Indexes of the bins that it signed anew. */
  readonly bins: readonly number[];
}

/** What must get versions above those that clients may have seen, before anything else is served. */
export interface Unshown {
  readonly newSnapshot: boolean;
  /** Indexes, without repetition. */
  readonly bins: readonly number[];
}

export type TakeoverDecision =
  | { readonly kind: 'roll-forward'; readonly publicationId: number; readonly abandon: readonly number[] }
  | { readonly kind: 'continue'; readonly abandon: readonly number[] }
  | { readonly kind: 'republish'; readonly abandon: readonly number[] }
  | { readonly kind: 'refuse' };

export function decideTakeover(
  stored: StoredTimestamp,
  committedVersion: number,
  unfinished: readonly UnfinishedRecord[],
): TakeoverDecision {
  const published = unfinished.find(
    (record) =>
      record.state === 'prepared' &&
      record.timestampVersion === stored.version &&
      record.timestampSha256 === stored.sha256,
  );
  const others = unfinished.filter((record) => record !== published).map(({ id }) => id);
  if (published !== undefined) return { kind: 'roll-forward', publicationId: published.id, abandon: others };
  if (stored.version === committedVersion) return { kind: 'continue', abandon: others };
  if (stored.version < committedVersion) return { kind: 'republish', abandon: others };
  return { kind: 'refuse' };
}

/**
 * Of prepared publications beyond what the store and the record call published: whether one was swapped before the
 * store was set back, nobody can tell. Their snapshot and bins are signed anew above them, so that no client that
 * saw one is ever shown less (TUF 1.0.34 §5.4.4, §5.5.5).
 * @param known what is built upon
 */
export function unshown(
  known: { readonly timestamp: number; readonly snapshot: number },
  unfinished: readonly UnfinishedContent[],
): Unshown {
  const beyond = unfinished.filter(
    ({ state, timestampVersion, snapshotVersion }) =>
      state === 'prepared' && timestampVersion > known.timestamp && snapshotVersion > known.snapshot,
  );
  const bins = [...new Set(beyond.flatMap((each) => each.bins))].sort((a, b) => a - b);
  return { newSnapshot: beyond.length > 0, bins };
}
