import { monotonicMs } from '@rind/kernel';
import type { Metrics } from '@rind/nest-kit';
import { createWorkerPool, workerUrl } from '@rind/worker-pool';
import type { WorkerPool } from '@rind/worker-pool';
import type { Digests, HashTasks } from './hash.worker.ts';

const secondsBuckets = [0.005, 0.02, 0.1, 0.5, 2, 10];

/** Digests of spooled files, on threads: the event loop never hashes. */
export class HashPool {
  private readonly pool: WorkerPool<HashTasks>;
  private readonly seconds: { observe(seconds: number): void };

  constructor(options: { threads: number; maxQueue: number; metrics: Metrics }) {
    const worker = workerUrl(import.meta.url, './hash.worker');
    const { threads, maxQueue } = options;
    this.pool = createWorkerPool<HashTasks>({ worker, threads, maxQueue });
    const help = 'Time to hash one file, waiting included.';
    this.seconds = options.metrics.histogram('rind_gate_hash_seconds', help, [], secondsBuckets);
  }

  /** @throws WorkerPoolError `pool.full`, `pool.crashed` */
  async digestsOf(path: string): Promise<Digests> {
    const startedMs = monotonicMs();
    const digests = await this.pool.run('digestsOf', { path });
    this.seconds.observe((monotonicMs() - startedMs) / 1e3);
    return digests;
  }

  /** Throws when no thread answers: the digests of an empty file are known. */
  async check(): Promise<void> {
    await this.digestsOf('/dev/null');
  }

  close(): Promise<void> {
    return this.pool.destroy();
  }
}
