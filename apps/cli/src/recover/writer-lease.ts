import { DatabaseLease } from '@rind/database';
import type { Pool } from '@rind/database';
import { monotonicMs } from '@rind/kernel';
import { setTimeout as sleep } from 'node:timers/promises';
import { CliError } from '../errors.ts';

const ttlMs = 15_000;
/** Longer than the lease of whoever was killed while holding it. */
const patienceMs = 45_000;
const pollMs = 100;

/**
 * Does `work` as the only writer: signers stand by meanwhile, and whatever one of them began is fenced off.
 * @throws CliError `recovery.writer-active` when a signer goes on holding the lease
 */
export async function asWriter<Result>(
  pool: Pool,
  work: (fence: number) => Promise<Result>,
): Promise<Result> {
  const lease = new DatabaseLease(pool);
  const fence = await acquire(lease);
  const renewal = setInterval(() => void lease.renew(fence, ttlMs).catch(() => {}), ttlMs / 3);
  try {
    return await work(fence);
  } finally {
    clearInterval(renewal);
    await lease.release(fence).catch(() => {});
  }
}

async function acquire(lease: DatabaseLease): Promise<number> {
  const startedMs = monotonicMs();
  for (;;) {
    const held = await lease.acquire('rind-recover-database', ttlMs);
    if (held !== null) return held.fence;
    const waitedMs = Math.round(monotonicMs() - startedMs);
    if (waitedMs > patienceMs) {
      throw new CliError('recovery.writer-active', 'a signer is writing: this database needs no recovery', {
        waitedMs,
      });
    }
    await sleep(pollMs);
  }
}
