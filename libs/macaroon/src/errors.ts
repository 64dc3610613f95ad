import { RindError } from '@rind/kernel';

interface MacaroonErrors {
  /** Not a token in this format; `problem` quotes nothing of it. */
  'macaroon.malformed': { problem: string };
  /** What was to be written exceeds what would be read. */
  'macaroon.too-large': { bytes: number; maxBytes: number };
}

export type MacaroonErrorCode = keyof MacaroonErrors;

export class MacaroonError<Code extends MacaroonErrorCode = MacaroonErrorCode> extends RindError<
  Code,
  MacaroonErrors[Code]
> {}

export function malformed(problem: string, cause?: unknown): MacaroonError<'macaroon.malformed'> {
  return new MacaroonError('macaroon.malformed', `not a token: ${problem}`, { problem }, { cause });
}
