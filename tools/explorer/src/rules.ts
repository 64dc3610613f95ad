import {
  advance,
  advanceTakeover,
  commandOf,
  decideTakeover,
  outcomeOf,
  outcomeOfReading,
  staleNumber,
  takeoverCommandOf,
} from '@rind/repository';

/**
 * Everything that an exploration believes: the functions that the signer imports, and the guards of
 * database and store. A mutant replaces one of them.
 */
export interface Rules {
  readonly commandOf: typeof commandOf;
  readonly advance: typeof advance;
  readonly outcomeOf: typeof outcomeOf;
  readonly outcomeOfReading: typeof outcomeOfReading;
  readonly takeoverCommandOf: typeof takeoverCommandOf;
  readonly advanceTakeover: typeof advanceTakeover;
  readonly decideTakeover: typeof decideTakeover;
  /** `assertFence` of libs/database. */
  readonly fenceHolds: (current: number, given: number) => boolean;
  /** `putNew` of the store leaves other bytes as they are. */
  readonly createOnly: boolean;
  /** `replaceIf` of the store: does the tag that was given name the present state? */
  readonly tagHolds: (current: number, given: number) => boolean;
  /** The number that `open` takes, and the next one. */
  readonly take: (role: { readonly version: number; readonly next: number }) => number;
  /** `sync` makes durable what was put. */
  readonly syncs: boolean;
  /** Writing the lease's row waits for every transaction that checked the fence. */
  readonly renewalWaits: boolean;
  readonly staleNumber: typeof staleNumber;
  /** A lost swap is tried again with the tag that is there now. */
  readonly adoptsTag: boolean;
}

export const honestRules: Rules = {
  commandOf,
  advance,
  outcomeOf,
  outcomeOfReading,
  takeoverCommandOf,
  advanceTakeover,
  decideTakeover,
  fenceHolds: (current, given) => current === given,
  createOnly: true,
  tagHolds: (current, given) => current === given,
  take: ({ next }) => next,
  syncs: true,
  renewalWaits: true,
  staleNumber,
  adoptsTag: false,
};
