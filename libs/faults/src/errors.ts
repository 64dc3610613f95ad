import { RindError } from '@rind/kernel';

interface FaultErrors {
  /** `RIND_FAULTS` is not of its form; `problem` says which part. */
  'faults.bad-spec': { spec: string; problem: string };
}

export type FaultErrorCode = keyof FaultErrors;

export class FaultError<Code extends FaultErrorCode = FaultErrorCode> extends RindError<
  Code,
  FaultErrors[Code]
> {}
