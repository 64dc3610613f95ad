import { RindError } from '@rind/kernel';

interface WorkerPoolErrors {
  /** All threads are busy and the queue is full: nothing was started. */
  'pool.full': { task: string; retryAfterSeconds: number };
  /** The thread died (memory limit, exit, a module that does not load); how far the task came is unknown. */
  'pool.crashed': { task: string };
  /** The task ran for longer than it may; its thread was stopped. */
  'pool.timeout': { task: string; limitMs: number };
  /** The pool was destroyed. */
  'pool.closed': { task: string };
  /** A task threw something that is not a RindError (those keep their own code). */
  'pool.task-failed': { task: string };
}

export type WorkerPoolErrorCode = keyof WorkerPoolErrors;

export class WorkerPoolError<Code extends WorkerPoolErrorCode = WorkerPoolErrorCode> extends RindError<
  Code,
  WorkerPoolErrors[Code]
> {}
