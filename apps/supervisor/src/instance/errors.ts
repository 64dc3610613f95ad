import { RindError } from '@rind/kernel';

interface SupervisorErrors {
  'option.invalid': { option: string };
  /** Part of a later release; named so that nobody looks for a typing error. */
  'option.not-available': { option: string };
  /** `--bins`, `--bin-encoding` or `--store` say something else than the data folder. */
  'data.contradicts': { option: string; given: string; existing: string };
  /** The place of the store holds what this data folder did not put there, or lacks what it did. */
  'store.foreign': { location: string; found: 'another repository' | 'metadata' | 'nothing' };
  'data.in-use': { dataDir: string; pid: number };
  'process.not-ready': { process: string };
  'demo.failed': { step: string };
}

export type SupervisorErrorCode = keyof SupervisorErrors;

export class SupervisorError<Code extends SupervisorErrorCode = SupervisorErrorCode> extends RindError<
  Code,
  SupervisorErrors[Code]
> {}
