import { fileURLToPath } from 'node:url';
import { RindError, monotonicMs } from '@rind/kernel';
import { Piscina } from 'piscina';
import { WorkerPoolError } from './errors.ts';
import { transferable } from './moved.ts';
import type { TaskAnswer, TaskCall, TaskFailure, TaskMap, TaskName } from './task-map.ts';
import { isSource } from './worker-url.ts';

export interface WorkerPoolOptions {
  /** The worker module, whose default export is `workerTasks(…)`; see `workerUrl`. */
  readonly worker: URL;
  /** Threads, all started at once. */
  readonly threads: number;
  /** Tasks that may wait for a thread; one more is `pool.full`. */
  readonly maxQueue: number;
  /** Available in the worker as `workerData` of this library. */
  readonly workerData?: unknown;
  /** Heap of each thread in MiB; a thread that needs more dies (`pool.crashed`). */
  readonly maxOldGenerationSizeMb?: number;
  /** How long a task may run, waiting not counted. */
  readonly taskTimeoutMs?: number;
}

export interface RunOptions {
  /** Arrays within the input that may be moved instead of copied; they are empty afterwards. */
  readonly transfer?: readonly Uint8Array[];
  /** Aborting takes the task out of the queue, or stops its thread; `run` rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

export interface WorkerPool<Tasks extends TaskMap<Tasks>> {
  /**
   * Runs a task in a thread. Rejects with what the task threw if that was a RindError (its code and details;
   * the class stays behind), else with a WorkerPoolError.
   */
  run<Name extends TaskName<Tasks>>(
    name: Name,
    input: Tasks[Name]['input'],
    options?: RunOptions,
  ): Promise<Tasks[Name]['output']>;
  /** Tasks that wait for a thread. */
  readonly queued: number;
  /** Tasks that run. */
  readonly running: number;
  /** Stops all threads; what waits or runs is `pool.closed`. */
  destroy(): Promise<void>;
}

/** Starts a pool of threads for the tasks of one worker module. */
export function createWorkerPool<Tasks extends TaskMap<Tasks>>(
  options: WorkerPoolOptions,
): WorkerPool<Tasks> {
  return new ThreadPool(options);
}

interface Job {
  readonly call: TaskCall;
  readonly options: RunOptions;
  readonly result: PromiseWithResolvers<unknown>;
}

const MAX_RETRY_AFTER_SECONDS = 30;
/** Weight of the newest task in the running mean of durations. */
const NEWEST = 0.2;

/** The queue is our own: only what a thread is free for goes to piscina, so a time limit starts with the work. */
class ThreadPool<Tasks extends TaskMap<Tasks>> implements WorkerPool<Tasks> {
  private readonly options: WorkerPoolOptions;
  private readonly piscina: Piscina;
  private readonly waiting = new Set<Job>();
  /** How each running task is stopped, with its name. */
  private readonly stops = new Map<AbortController, string>();
  private active = 0;
  private closed = false;
  private meanMs = 0;

  constructor(options: WorkerPoolOptions) {
    this.options = options;
    this.piscina = startPiscina(options);
    this.piscina.on('error', (error) => this.threadFailed(error));
  }

  get queued(): number {
    return this.waiting.size;
  }

  get running(): number {
    return this.active;
  }

  run<Name extends TaskName<Tasks>>(
    name: Name,
    input: Tasks[Name]['input'],
    options: RunOptions = {},
  ): Promise<Tasks[Name]['output']> {
    const { signal } = options;
    if (this.closed) return Promise.reject(closedError(name));
    if (signal?.aborted) return Promise.reject(signal.reason);
    const job: Job = { call: { task: name, input }, options, result: Promise.withResolvers() };
    if (this.active < this.options.threads) void this.start(job);
    else if (this.waiting.size < this.options.maxQueue) this.enqueue(job);
    else return Promise.reject(this.fullError(name));
    return job.result.promise;
  }

  async destroy(): Promise<void> {
    this.closed = true;
    for (const job of this.waiting) job.result.reject(closedError(job.call.task));
    this.waiting.clear();
    await this.piscina.destroy();
  }

  private enqueue(job: Job): void {
    this.waiting.add(job);
    const { signal } = job.options;
    if (signal === undefined) return;
    const drop = () => {
      if (this.waiting.delete(job)) job.result.reject(signal.reason);
    };
    const forget = () => signal.removeEventListener('abort', drop);
    signal.addEventListener('abort', drop);
    job.result.promise.then(forget, forget);
  }

  private async start(job: Job): Promise<void> {
    this.active++;
    const startedMs = monotonicMs();
    await this.execute(job).then(job.result.resolve, job.result.reject);
    const tookMs = monotonicMs() - startedMs;
    this.meanMs = this.meanMs === 0 ? tookMs : this.meanMs * (1 - NEWEST) + tookMs * NEWEST;
    this.active--;
    const [next] = this.waiting;
    if (next === undefined) return;
    this.waiting.delete(next);
    void this.start(next);
  }

  private async execute(job: Job): Promise<unknown> {
    const { task } = job.call;
    const { signal, transfer = [] } = job.options;
    const stop = new AbortController();
    const abort = () => stop.abort(signal?.reason);
    signal?.addEventListener('abort', abort);
    const timer = this.startTimer(task, stop);
    this.stops.set(stop, task);
    try {
      const run = { transferList: transferable(transfer) as never, signal: stop.signal };
      return outputOf(task, (await this.piscina.run(job.call, run)) as TaskAnswer);
    } catch (error) {
      if (error instanceof RindError) throw error;
      if (this.closed) throw closedError(task);
      if (stop.signal.aborted) throw stop.signal.reason;
      throw brokenRun(task, error);
    } finally {
      this.stops.delete(stop);
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    }
  }

  private startTimer(task: string, stop: AbortController): NodeJS.Timeout | undefined {
    const limitMs = this.options.taskTimeoutMs;
    if (limitMs === undefined) return undefined;
    const late = () =>
      stop.abort(new WorkerPoolError('pool.timeout', 'the task took too long', { task, limitMs }));
    return setTimeout(late, limitMs);
  }

  /** A thread died without a task. When none is left, none will take what was handed to piscina. */
  private threadFailed(cause: unknown): void {
    if (this.piscina.threads.length > 0) return;
    for (const [stop, task] of this.stops) stop.abort(brokenRun(task, cause));
  }

  /** When a place in the queue should be free: the time that one thread needs for its share of what waits. */
  private fullError(task: string): WorkerPoolError {
    const seconds = (this.meanMs * (this.waiting.size + 1)) / this.options.threads / 1_000;
    const retryAfterSeconds = Math.min(Math.max(Math.ceil(seconds), 1), MAX_RETRY_AFTER_SECONDS);
    return new WorkerPoolError('pool.full', 'all threads and the queue are full', {
      task,
      retryAfterSeconds,
    });
  }
}

function startPiscina(options: WorkerPoolOptions): Piscina {
  const { worker, threads, maxOldGenerationSizeMb } = options;
  return new Piscina({
    filename: fileURLToPath(worker),
    name: 'default',
    minThreads: threads,
    maxThreads: threads,
    workerData: options.workerData,
    recordTiming: false,
    ...(isSource(worker.href) && { execArgv: ['--conditions=@rind/source'] }),
    ...(maxOldGenerationSizeMb !== undefined && { resourceLimits: { maxOldGenerationSizeMb } }),
  });
}

function outputOf(task: string, answer: TaskAnswer): unknown {
  if (answer.ok) return answer.output;
  throw failed(task, answer.failure);
}

/** The error as it was thrown in the thread, with the stack it had there as cause. */
function failed(task: string, failure: TaskFailure): RindError {
  const cause = new Error(failure.message);
  cause.stack = failure.stack;
  if (failure.code !== null) return new RindError(failure.code, failure.message, failure.details, { cause });
  return new WorkerPoolError('pool.task-failed', failure.message, { task }, { cause });
}

/** Why piscina gave no answer: the input could not be cloned, or the thread is gone. */
function brokenRun(task: string, cause: unknown): WorkerPoolError {
  if (cause instanceof Error && cause.name === 'DataCloneError') {
    return new WorkerPoolError('pool.task-failed', 'the input cannot cross to a thread', { task }, { cause });
  }
  return new WorkerPoolError('pool.crashed', 'the thread died', { task }, { cause });
}

function closedError(task: string): WorkerPoolError {
  return new WorkerPoolError('pool.closed', 'the pool is closed', { task });
}
