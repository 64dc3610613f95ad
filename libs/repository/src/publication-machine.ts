/**
 * The life of one publication as a pure state machine. The signer performs the command of the present
 * state and feeds the outcome back; an explorer can drive the very same functions.
 *
 * Invariants, in the order in which the machine keeps them:
 * 1. Numbers are taken, and the plan recorded, before any byte is written (`open`).
 * 2. Bins and pages are stored before the snapshot that names them, all of them durable (`sync`)
 *    and recorded (`prepare`) before the timestamp.
 * 3. The timestamp is replaced by compare-and-swap, once: a publication that lost the swap, or its
 *    fence, never tries again (`lost`); an unknown outcome is resolved by reading. A swap that is made a
 *    second time, because reading showed the old timestamp, may be beaten by the first one, which was only
 *    late: then reading tells whose the timestamp is.
 * 4. The record is closed only after the timestamp is known to be ours (`close`).
 */
export type PublicationState =
  | { readonly phase: 'planned' }
  | { readonly phase: 'opened' }
  | { readonly phase: 'targets-written' }
  | { readonly phase: 'snapshot-written' }
  | { readonly phase: 'durable' }
  | { readonly phase: 'prepared' }
  | { readonly phase: 'swap-unknown' }
  | { readonly phase: 'swap-unmade' }
  | { readonly phase: 'published' }
  | { readonly phase: 'closed' }
  | { readonly phase: 'abandoned'; readonly reason: string }
  | { readonly phase: 'lost'; readonly reason: string };

export type PublicationCommand =
  | 'open'
  | 'write-targets'
  | 'write-snapshot'
  | 'sync'
  | 'prepare'
  | 'swap-timestamp'
  | 'read-timestamp'
  | 'close'
  | 'abandon';

export type PublicationOutcome =
  | { readonly kind: 'done' }
  /** Nothing happened, or the same call may be made again: try again after a while. */
  | { readonly kind: 'retry' }
  /** The call may have worked. */
  | { readonly kind: 'unknown' }
  /** Reading shows that the swap was not made so far. */
  | { readonly kind: 'unmade' }
  /** Another holder has a newer fence, or the store's tag moved. */
  | { readonly kind: 'lost'; readonly reason: string }
  /** The batch cannot be published as planned; its rows go back. */
  | { readonly kind: 'unpublishable'; readonly reason: string };

export const planned: PublicationState = { phase: 'planned' };

/** What to do in this state; null when the publication is over. */
export function commandOf(state: PublicationState): PublicationCommand | null {
  switch (state.phase) {
    case 'planned':
      return 'open';
    case 'opened':
      return 'write-targets';
    case 'targets-written':
      return 'write-snapshot';
    case 'snapshot-written':
      return 'sync';
    case 'durable':
      return 'prepare';
    case 'prepared':
    case 'swap-unmade':
      return 'swap-timestamp';
    case 'swap-unknown':
      return 'read-timestamp';
    case 'published':
      return 'close';
    case 'abandoned':
    case 'closed':
    case 'lost':
      return null;
  }
}

const following: Readonly<Record<PublicationCommand, PublicationState['phase']>> = {
  open: 'opened',
  'write-targets': 'targets-written',
  'write-snapshot': 'snapshot-written',
  sync: 'durable',
  prepare: 'prepared',
  'swap-timestamp': 'published',
  'read-timestamp': 'published',
  close: 'closed',
  abandon: 'abandoned',
};

/** The state after `outcome` of the present command. */
export function advance(state: PublicationState, outcome: PublicationOutcome): PublicationState {
  const command = commandOf(state);
  if (command === null) return state;
  switch (outcome.kind) {
    case 'done':
      return { phase: following[command] } as PublicationState;
    case 'retry':
      return state;
    case 'unknown':
      return command === 'swap-timestamp' ? { phase: 'swap-unknown' } : state;
    case 'unmade':
      return command === 'read-timestamp' ? { phase: 'swap-unmade' } : state;
    case 'lost':
      return beatenByItself(state, outcome.reason)
        ? { phase: 'swap-unknown' }
        : { phase: 'lost', reason: outcome.reason };
    case 'unpublishable':
      return beforeSwap(state) ? { phase: 'abandoned', reason: outcome.reason } : state;
  }
}

/** Or by somebody else: reading tells. */
function beatenByItself(state: PublicationState, reason: string): boolean {
  return state.phase === 'swap-unmade' && reason === 'store.precondition-failed';
}

function beforeSwap(state: PublicationState): boolean {
  return ['planned', 'opened', 'targets-written', 'snapshot-written', 'durable'].includes(state.phase);
}
