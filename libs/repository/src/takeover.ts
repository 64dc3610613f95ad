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
