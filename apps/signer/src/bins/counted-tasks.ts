import type { WorkerPool } from '@rind/worker-pool';
import type { CountStoreCall } from '../store/counting-store.ts';
import type { BinTasks } from './bin-tasks.ts';

/** Calls to the store of one kind that came to the same. */
export interface StoreCalls {
  readonly op: string;
  readonly outcome: string;
  readonly count: number;
}

/** What a thread answers: with it, the calls that it made since it last answered. */
export interface Counted<Output> {
  readonly answer: Output;
  readonly calls: readonly StoreCalls[];
}

/** {@link BinTasks} as they cross threads. */
export type CountedBinTasks = {
  readonly [Name in keyof BinTasks]: {
    readonly input: BinTasks[Name]['input'];
    readonly output: Counted<BinTasks[Name]['output']>;
  };
};

/** Whoever performs the tasks of bins. */
export type BinRunner = Pick<WorkerPool<BinTasks>, 'run'>;

/** A thread's own account; calls of a task that failed go with the next answer. */
export class StoreCallTally {
  private readonly counts = new Map<string, StoreCalls>();

  readonly count: CountStoreCall = (op, outcome) => {
    const key = `${op} ${outcome}`;
    this.counts.set(key, { op, outcome, count: (this.counts.get(key)?.count ?? 0) + 1 });
  };

  async with<Output>(task: Output | Promise<Output>): Promise<Counted<Output>> {
    const answer = await task;
    const calls = [...this.counts.values()];
    this.counts.clear();
    return { answer, calls };
  }
}

/** Tells `count` of the threads' calls, and answers as if there were none. */
export function countingRunner(pool: WorkerPool<CountedBinTasks>, count: CountStoreCall): BinRunner {
  return {
    run: async (name, input, options) => {
      const { answer, calls } = await pool.run(name, input, options);
      for (const { op, outcome, count: times } of calls) count(op, outcome, times);
      return answer;
    },
  };
}
