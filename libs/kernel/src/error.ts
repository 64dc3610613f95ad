/**
 * The one error base. A code is API and never changes its meaning; prose is not.
 * Each library declares a closed map from code to details and narrows this class with it.
 */
export class RindError<Code extends string = string, Details extends object = object> extends Error {
  readonly code: Code;
  readonly details: Details;

  /**
   * @param code stable, lower-case, `noun.problem`
   * @param details what a program needs to act on it; never a secret
   */
  constructor(code: Code, message: string, details: Details, options?: { cause?: unknown }) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
    this.details = details;
  }
}

/** True when `error` is a RindError, and carries `code` if one is given. */
export function isRindError(error: unknown, code?: string): error is RindError {
  return error instanceof RindError && (code === undefined || error.code === code);
}

/** The text of anything thrown, for logs that must not fail. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
