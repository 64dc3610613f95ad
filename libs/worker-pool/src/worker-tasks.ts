import { RindError, messageOf } from '@rind/kernel';
import { move, transferableSymbol, valueSymbol } from 'piscina';
import { Moved } from './moved.ts';
import type { TaskAnswer, TaskCall, TaskFailure, TaskMap, TaskName } from './task-map.ts';

/** One function per task; `moved(…)` hands buffers of the result over. */
export type TaskFunctions<Tasks extends TaskMap<Tasks>> = {
  readonly [Name in TaskName<Tasks>]: (
    input: Tasks[Name]['input'],
  ) => TaskResult<Tasks[Name]['output']> | Promise<TaskResult<Tasks[Name]['output']>>;
};

type TaskResult<Output> = Output | Moved<Output>;

/** The default export of a worker module: `export default workerTasks<HashTasks>({ hash: … })`. */
export function workerTasks<Tasks extends TaskMap<Tasks>>(tasks: TaskFunctions<Tasks>) {
  const byName = new Map(Object.entries(tasks)) as Map<string, (input: unknown) => unknown>;
  return async (call: TaskCall): Promise<unknown> => {
    try {
      const run = byName.get(call.task);
      if (run === undefined) throw new Error(`the worker module has no task ${call.task}`);
      return answered(await run(call.input));
    } catch (error) {
      return { ok: false, failure: failureOf(error) } satisfies TaskAnswer;
    }
  };
}

function answered(result: unknown): unknown {
  if (!(result instanceof Moved)) return { ok: true, output: result } satisfies TaskAnswer;
  const answer: TaskAnswer = { ok: true, output: result.value };
  return move({ [transferableSymbol]: result.transfer, [valueSymbol]: answer } as never);
}

function failureOf(error: unknown): TaskFailure {
  const known = error instanceof RindError;
  return {
    code: known ? error.code : null,
    message: messageOf(error),
    details: known ? error.details : {},
    stack: error instanceof Error ? (error.stack ?? '') : '',
  };
}
