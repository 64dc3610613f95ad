/**
 * The right to write, with a fence. Each taking raises the fence by one; every write of the holder
 * names its fence and fails with `lease.lost` when a newer one exists.
 */
export interface Lease {
  /** Takes the lease when it is free, released or run out. Null while somebody else holds it. */
  acquire(holder: string, ttlMs: number): Promise<HeldLease | null>;
  /** Extends a held lease by `ttlMs` from now; false when it is no longer ours. */
  renew(fence: number, ttlMs: number): Promise<boolean>;
  /** Gives it back at once, so that a standby need not wait. */
  release(fence: number): Promise<void>;
}

export interface HeldLease {
  readonly fence: number;
  /** The database's clock when the lease was taken, milliseconds since 1970. */
  readonly databaseNowMs: number;
}
