/** What one task takes and gives; both must be structured-cloneable. */
export interface TaskType {
  readonly input: unknown;
  readonly output: unknown;
}

/** The tasks of a worker module by name. Declare it beside the worker and import it as a type. */
export type TaskMap<Tasks> = { readonly [Name in keyof Tasks]: TaskType };

export type TaskName<Tasks> = keyof Tasks & string;

/** What crosses to the thread. */
export interface TaskCall {
  readonly task: string;
  readonly input: unknown;
}

/** What comes back: thrown errors lose their code in a structured clone, so they travel as data. */
export type TaskAnswer =
  { readonly ok: true; readonly output: unknown } | { readonly ok: false; readonly failure: TaskFailure };

export interface TaskFailure {
  /** Of a RindError; null for anything else. */
  readonly code: string | null;
  readonly message: string;
  readonly details: object;
  readonly stack: string;
}
