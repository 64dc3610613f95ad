import { RindError } from '@rind/kernel';

/** One bad or missing variable. Its value is never repeated: it may be a secret. */
export interface ConfigProblem {
  readonly name: string;
  readonly problem: string;
}

interface KitErrors {
  /** The environment does not describe a process that may start. */
  'config.invalid': { problems: readonly ConfigProblem[] };
  /** A body, parameter or header that is not what the route takes. */
  'request.malformed': { problems: readonly string[] };
  /** An internal call without the shared secret of its caller. */
  'internal.denied': object;
}

export type KitErrorCode = keyof KitErrors;

export class KitError<Code extends KitErrorCode = KitErrorCode> extends RindError<Code, KitErrors[Code]> {}
