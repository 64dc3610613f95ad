/** What a repository may cost a client at most; the values are those of python-tuf, go-tuf and tuf-js. */
export interface Limits {
  /** New roots followed in one refresh: Y of TUF 1.0.34 §5.3.3. */
  readonly maxRootRotations: number;
  /** Delegated roles visited in one search, the top-level role not counted (TUF 1.0.34 §5.6.7.1). */
  readonly maxDelegations: number;
  readonly maxRootBytes: number;
  readonly maxTimestampBytes: number;
  readonly maxSnapshotBytes: number;
  /** Of each targets role. */
  readonly maxTargetsBytes: number;
}

export const defaultLimits: Limits = {
  maxRootRotations: 256,
  maxDelegations: 32,
  maxRootBytes: 512_000,
  maxTimestampBytes: 16_384,
  maxSnapshotBytes: 2_000_000,
  maxTargetsBytes: 5_000_000,
};
