import type { Tag } from '@rind/storage-port';
import type { SnapshotVector } from '@rind/repository';

/** The committed repository as the store serves it, verified. Replaced as a whole at each commit. */
export interface PublishedState {
  readonly vector: SnapshotVector;
  readonly snapshotVersion: number;
  readonly snapshotExpiresMs: number;
  /** Length in bytes and lower-case hex SHA-256 of the snapshot's file. */
  readonly snapshotLength: number;
  readonly snapshotSha256: string;
  readonly timestampVersion: number;
  readonly timestampExpiresMs: number;
  readonly timestampSha256: string;
  /**
   * Names the timestamp's state in the store: read when the lease was taken, or last written by us. Null: there was
   * none, which only a take-over meets.
   */
  readonly tag: Tag | null;
}
