import { isRindError, monotonicMs } from '@rind/kernel';
import type { Metrics } from '@rind/nest-kit';
import { createWorkerPool, workerUrl } from '@rind/worker-pool';
import type { WorkerPool, WorkerPoolError } from '@rind/worker-pool';
import { WarehouseError } from '../errors.ts';
import type { Inspected, InspectionInput, InspectionTasks } from './inspection.worker.ts';

export interface InspectionLimits {
  readonly threads: number;
  /** Files that may wait for a thread. */
  readonly maxQueue: number;
  /** How long a file may take, waiting not counted. */
  readonly timeoutMs: number;
  /** Heap of a thread, in MiB. */
  readonly maxHeapMebibytes: number;
}

const secondsBuckets = [0.005, 0.02, 0.1, 0.5, 2, 10, 60];

/**
 * Opens archives in threads that may be lost: what takes too long or needs too much memory ends its thread, and is
 * refused like any other file that is not in order.
 */
export class Inspections {
  private readonly pool: WorkerPool<InspectionTasks>;
  private readonly seconds: { observe(seconds: number): void };

  constructor(limits: InspectionLimits, metrics: Pick<Metrics, 'histogram'>) {
    const { threads, maxQueue, timeoutMs, maxHeapMebibytes } = limits;
    this.pool = createWorkerPool<InspectionTasks>({
      worker: workerUrl(import.meta.url, './inspection.worker'),
      threads,
      maxQueue,
      taskTimeoutMs: timeoutMs,
      maxOldGenerationSizeMb: maxHeapMebibytes,
    });
    const help = 'Time to unpack and check one file, waiting included.';
    this.seconds = metrics.histogram('rind_warehouse_inspection_seconds', help, [], secondsBuckets);
  }

  /** @throws ArchiveError, DistributionError, WarehouseError `file.too-costly`, `warehouse.busy` */
  async inspect(input: InspectionInput): Promise<Inspected> {
    const startedMs = monotonicMs();
    try {
      return await this.pool.run('inspect', input);
    } catch (error) {
      throw refusalOf(error);
    } finally {
      this.seconds.observe((monotonicMs() - startedMs) / 1e3);
    }
  }

  /** Throws when no thread answers. */
  async check(): Promise<void> {
    await this.pool.run('wake', null);
  }

  close(): Promise<void> {
    return this.pool.destroy();
  }
}

function refusalOf(error: unknown): unknown {
  if (isRindError(error, 'pool.timeout') || isRindError(error, 'pool.crashed')) {
    const text = 'Invalid distribution file. The file takes too much time or memory to unpack.';
    return new WarehouseError('file.too-costly', text, {}, { cause: error });
  }
  if (isRindError(error, 'pool.full') || isRindError(error, 'pool.closed')) {
    const { retryAfterSeconds = 2 } = error.details as Partial<WorkerPoolError<'pool.full'>['details']>;
    const text = 'Too many uploads at the moment. Try again in a moment.';
    return new WarehouseError('warehouse.busy', text, { retryAfterSeconds }, { cause: error });
  }
  return error;
}
