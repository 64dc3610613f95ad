import type { HeldLease, Lease } from '@rind/queue-port';
import type { WriterWatch } from './writer-watch.ts';

/** The same lease, of which `watch` knows whether this process holds it. */
export function watchedLease(lease: Lease, watch: WriterWatch): Lease {
  return {
    acquire: async (holder, ttlMs): Promise<HeldLease | null> => {
      const held = await lease.acquire(holder, ttlMs);
      if (held !== null) watch.leaseTaken(held.fence);
      return held;
    },
    renew: async (fence, ttlMs) => {
      const renewed = await lease.renew(fence, ttlMs);
      if (!renewed) watch.leaseGone(fence);
      return renewed;
    },
    release: async (fence) => {
      await lease.release(fence);
      watch.leaseGone(fence);
    },
  };
}
