import { binName } from '@rind/repository';
import type { BinChange, BlobFacts, SnapshotVector } from '@rind/repository';
import { runBounded } from '../bounded.ts';
import { binsPerTask } from './bin-tasks.ts';
import type { BinFinding, BinJob, BinSigning, BuiltBin } from './bin-tasks.ts';
import type { BinRunner } from './counted-tasks.ts';

export type NamedBin = BuiltBin & { readonly role: string; readonly version: number };

const noBins: ReadonlySet<number> = new Set();

/** The pool that builds and signs bins: keys and bin bytes stay in its threads. */
export class BinPool {
  private readonly pool: BinRunner;
  private readonly bitLength: number;
  private readonly threads: number;
  private signing: BinSigning | null = null;

  constructor(pool: BinRunner, bitLength: number, threads: number) {
    this.pool = pool;
    this.bitLength = bitLength;
    this.threads = threads;
  }

  /** From the next publication on. */
  signWith(signing: BinSigning): void {
    this.signing = signing;
  }

  async build(
    vector: SnapshotVector,
    changes: ReadonlyMap<number, readonly BinChange[] | null>,
    versions: ReadonlyMap<number, number>,
    expires: string,
    /** Bins whose changes are all that they hold: what is stored of them is lost. */
    whole: ReadonlySet<number> = noBins,
  ): Promise<NamedBin[]> {
    const jobs: BinJob[] = [...changes].map(([idx, list]) => ({
      idx,
      role: binName(idx, this.bitLength),
      oldVersion: whole.has(idx) ? null : vector.version(idx),
      version: versions.get(idx)!,
      changes: list,
    }));
    const { signing } = this;
    const built = await runBounded(this.tasksOf(jobs), this.threads * 2, (bins) =>
      this.pool.run('build', { bins, expires, signing }),
    );
    const names = new Map(jobs.map((job) => [job.idx, job]));
    return built.flat().map((bin) => {
      const { role, version } = names.get(bin.idx)!;
      return { ...bin, role, version };
    });
  }

  /**
   * Looks at bins as `vector` names them; answers the damaged ones.
   * @param pages true: also at the pages that they name
   */
  async check(vector: SnapshotVector, indexes: readonly number[], pages: boolean): Promise<BinFinding[]> {
    const named = indexes.map((idx) => ({
      idx,
      role: binName(idx, this.bitLength),
      version: vector.version(idx),
    }));
    const { signing } = this;
    const found = await runBounded(this.tasksOf(named), this.threads * 2, (bins) =>
      this.pool.run('check', { bins, pages, signing }),
    );
    return found.flat();
  }

  private tasksOf<Item>(items: readonly Item[]): Item[][] {
    const size = Math.max(1, Math.min(binsPerTask, Math.ceil(items.length / this.threads)));
    const tasks: Item[][] = [];
    for (let i = 0; i < items.length; i += size) tasks.push(items.slice(i, i + size));
    return tasks;
  }

  stat(key: string): Promise<BlobFacts | null> {
    return this.pool.run('stat', { key });
  }
}
