import { binName } from '@rind/repository';
import type { BinChange, BlobFacts, SnapshotVector } from '@rind/repository';
import type { WorkerPool } from '@rind/worker-pool';
import { runBounded } from '../bounded.ts';
import type { BinJob, BinTasks, BuiltBin } from './bin-tasks.ts';

/** Bins in one task: enough to make the hand-over cheap, few enough to keep every thread busy. */
const binsPerTask = 32;

export type NamedBin = BuiltBin & { readonly role: string; readonly version: number };

/** The pool that builds and signs bins: keys and bin bytes stay in its threads. */
export class BinPool {
  private readonly pool: WorkerPool<BinTasks>;
  private readonly bitLength: number;
  private readonly threads: number;

  constructor(pool: WorkerPool<BinTasks>, bitLength: number, threads: number) {
    this.pool = pool;
    this.bitLength = bitLength;
    this.threads = threads;
  }

  async build(
    vector: SnapshotVector,
    changes: ReadonlyMap<number, readonly BinChange[] | null>,
    versions: ReadonlyMap<number, number>,
    expires: string,
  ): Promise<NamedBin[]> {
    const jobs: BinJob[] = [...changes].map(([idx, list]) => ({
      idx,
      role: binName(idx, this.bitLength),
      oldVersion: vector.version(idx),
      version: versions.get(idx)!,
      changes: list,
    }));
    const size = Math.max(1, Math.min(binsPerTask, Math.ceil(jobs.length / this.threads)));
    const parts: BinJob[][] = [];
    for (let i = 0; i < jobs.length; i += size) parts.push(jobs.slice(i, i + size));
    const built = await runBounded(parts, this.threads * 2, (bins) =>
      this.pool.run('build', { bins, expires }),
    );
    const names = new Map(jobs.map((job) => [job.idx, job]));
    return built.flat().map((bin) => {
      const { role, version } = names.get(bin.idx)!;
      return { ...bin, role, version };
    });
  }

  stat(key: string): Promise<BlobFacts | null> {
    return this.pool.run('stat', { key });
  }
}
