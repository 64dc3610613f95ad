import { passes } from './step-outcome.ts';
import { decideTakeover, unshown } from './takeover.ts';
import type { StoredTimestamp, TakeoverDecision, UnfinishedContent, Unshown } from './takeover.ts';

/**
 * What a new holder of the lease does before anything else, as a pure state machine. The signer performs
 * the command of the present state and feeds the outcome back; an explorer drives the very same functions.
 *
 * Invariants, in the order in which the machine keeps them:
 * 1. Nothing is written before the store's timestamp, then the unfinished records, then the committed versions
 *    were read and decided upon. In this order, for a predecessor's commit may still be on its way: whatever is
 *    closed meanwhile is found among the unfinished, or as the committed one, or as both; never as neither.
 * 2. What is already published is closed (roll forward); what nobody can explain is refused, untouched.
 *    Before an alarm the fence is confirmed: to one who lost it meanwhile, what others did looks like tampering.
 * 3. Numbers that the store knows are burned, whatever the database says, before any is taken.
 * 4. The timestamp is moved, so that no stopped predecessor can swap any more, and with it whatever clients may
 *    have seen of publications that the store does not show: it was set back, or they were never swapped. If a
 *    predecessor was faster, the whole starts over, from reading.
 * 5. Only then are unfinished publications given up.
 * 6. Trouble that passes ends this attempt and the next begins with reading: nothing read before it counts.
 */
export type TakeoverState =
  | { readonly phase: 'reading-store'; readonly round: number }
  | { readonly phase: 'reading-records'; readonly round: number; readonly stored: StoredTimestamp }
  | {
      readonly phase: 'reading-roles';
      readonly round: number;
      readonly stored: StoredTimestamp;
      readonly unfinished: readonly UnfinishedContent[];
    }
  | ({
      readonly phase: 'rolling-forward';
      readonly publicationId: number;
      readonly abandon: readonly number[];
    } & Found)
  | ({ readonly phase: 'confirming'; readonly decision: AlarmingDecision } & Found)
  | ({ readonly phase: 'going-back'; readonly abandon: readonly number[] } & Found)
  | ({ readonly phase: 'raising-timestamp'; readonly abandon: readonly number[] } & Raised)
  | ({ readonly phase: 'raising-snapshot'; readonly abandon: readonly number[] } & Raised)
  | {
      readonly phase: 'moving-timestamp';
      readonly round: number;
      readonly above: Unshown;
      readonly abandon: readonly number[];
    }
  | { readonly phase: 'abandoning'; readonly abandon: readonly number[] }
  | { readonly phase: 'taken-over' }
  | { readonly phase: 'refused'; readonly storedVersion: number; readonly committedVersion: number }
  /** Trouble that passes: to be done again from the start. */
  | { readonly phase: 'interrupted' }
  /** The process drains: the next holder takes over. */
  | { readonly phase: 'left' }
  /** This process must not write. */
  | { readonly phase: 'lost'; readonly reason: string };

/** Versions that the database calls committed. */
export interface CommittedVersions {
  readonly timestamp: number;
  readonly snapshot: number;
}

interface Found {
  readonly round: number;
  readonly stored: StoredTimestamp;
  readonly committed: CommittedVersions;
  readonly above: Unshown;
}

type AlarmingDecision = Extract<TakeoverDecision, { kind: 'republish' | 'refuse' }>;

/** The first versions that neither store nor database has seen. */
interface Raised {
  readonly round: number;
  readonly above: Unshown;
  readonly timestamp: number;
  readonly snapshot: number;
}

export type TakeoverCommand =
  | { readonly kind: 'read-store' }
  | { readonly kind: 'read-records' }
  | { readonly kind: 'read-roles' }
  | { readonly kind: 'close'; readonly publicationId: number }
  /** A write that changes nothing: fails with `lease.lost` when somebody else holds the lease. */
  | { readonly kind: 'confirm-fence' }
  /** The committed snapshot is read from the store, and an alarm given: the store was set back. */
  | { readonly kind: 'read-committed'; readonly stored: number; readonly committed: CommittedVersions }
  | { readonly kind: 'raise'; readonly role: 'timestamp' | 'snapshot'; readonly version: number }
  /** A whole publication of the kind `takeover`, which signs `above` anew as well. */
  | { readonly kind: 'move-timestamp'; readonly above: Unshown }
  | { readonly kind: 'abandon'; readonly publicationId: number };

export type TakeoverOutcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'store'; readonly stored: StoredTimestamp }
  | { readonly kind: 'roles'; readonly committed: CommittedVersions }
  | { readonly kind: 'records'; readonly unfinished: readonly UnfinishedContent[] }
  /** The publication that moves the timestamp was lost, for this reason. */
  | { readonly kind: 'lost'; readonly reason: string }
  | { readonly kind: 'left' }
  /** An error's code, `internal` for one that has none. */
  | { readonly kind: 'failed'; readonly code: string };

/** A predecessor that wakes up may swap once more; it cannot do so for ever. */
const maxRounds = 8;

/** Somebody else moved the timestamp first. */
const outrun: readonly string[] = ['store.precondition-failed', 'timestamp replaced'];

export const takeoverStarted: TakeoverState = { phase: 'reading-store', round: 1 };

/** What to do in this state; null when the take-over is over. */
export function takeoverCommandOf(state: TakeoverState): TakeoverCommand | null {
  switch (state.phase) {
    case 'reading-store':
      return { kind: 'read-store' };
    case 'reading-records':
      return { kind: 'read-records' };
    case 'reading-roles':
      return { kind: 'read-roles' };
    case 'rolling-forward':
      return { kind: 'close', publicationId: state.publicationId };
    case 'confirming':
      return { kind: 'confirm-fence' };
    case 'going-back':
      return { kind: 'read-committed', stored: state.stored.version, committed: state.committed };
    case 'raising-timestamp':
      return { kind: 'raise', role: 'timestamp', version: state.timestamp };
    case 'raising-snapshot':
      return { kind: 'raise', role: 'snapshot', version: state.snapshot };
    case 'moving-timestamp':
      return { kind: 'move-timestamp', above: state.above };
    case 'abandoning':
      return { kind: 'abandon', publicationId: state.abandon[0]! };
    case 'taken-over':
    case 'refused':
    case 'interrupted':
    case 'left':
    case 'lost':
      return null;
  }
}

/** The state after `outcome` of the present command; an outcome that does not belong to it changes nothing. */
export function advanceTakeover(
  state: TakeoverState,
  outcome: TakeoverOutcome,
  decide: typeof decideTakeover = decideTakeover,
): TakeoverState {
  if (takeoverCommandOf(state) === null) return state;
  if (outcome.kind === 'failed') return failed(state, outcome.code);
  switch (state.phase) {
    case 'reading-store':
      return outcome.kind === 'store'
        ? { ...state, phase: 'reading-records', stored: outcome.stored }
        : state;
    case 'reading-records':
      return outcome.kind === 'records'
        ? { ...state, phase: 'reading-roles', unfinished: outcome.unfinished }
        : state;
    case 'reading-roles':
      return outcome.kind === 'roles' ? found(state, outcome.committed, decide) : state;
    case 'rolling-forward':
      return outcome.kind === 'done' ? raising(state, state.stored, state.abandon) : state;
    case 'confirming':
      return outcome.kind === 'done' ? confirmed(state) : state;
    case 'going-back':
      return outcome.kind === 'done' ? raising(state, highest(state), state.abandon) : state;
    case 'raising-timestamp':
      return outcome.kind === 'done' ? { ...state, phase: 'raising-snapshot' } : state;
    case 'raising-snapshot':
      return outcome.kind === 'done'
        ? { phase: 'moving-timestamp', round: state.round, above: state.above, abandon: state.abandon }
        : state;
    case 'moving-timestamp':
      return moved(state, outcome);
    case 'abandoning':
      return outcome.kind === 'done' ? abandoning(state.abandon.slice(1)) : state;
    default:
      return state;
  }
}

function found(
  { round, stored, unfinished }: Extract<TakeoverState, { phase: 'reading-roles' }>,
  committed: CommittedVersions,
  decide: typeof decideTakeover,
): TakeoverState {
  const decision = decide(stored, committed.timestamp, unfinished);
  const known = decision.kind === 'republish' ? highest({ stored, committed }) : stored;
  const above = unshown({ timestamp: known.version, snapshot: known.snapshotVersion }, unfinished);
  return decided({ round, stored, committed, above }, decision);
}

function decided(found: Found, decision: TakeoverDecision): TakeoverState {
  switch (decision.kind) {
    case 'roll-forward':
      return {
        phase: 'rolling-forward',
        ...found,
        publicationId: decision.publicationId,
        abandon: decision.abandon,
      };
    case 'continue':
      return raising(found, found.stored, decision.abandon);
    case 'republish':
    case 'refuse':
      return { phase: 'confirming', ...found, decision };
  }
}

function confirmed(state: Extract<TakeoverState, { phase: 'confirming' }>): TakeoverState {
  const { round, stored, committed, above, decision } = state;
  if (decision.kind === 'refuse') {
    return { phase: 'refused', storedVersion: stored.version, committedVersion: committed.timestamp };
  }
  return { phase: 'going-back', round, stored, committed, above, abandon: decision.abandon };
}

function raising(
  { round, above }: Found,
  known: { readonly version: number; readonly snapshotVersion: number },
  abandon: readonly number[],
): TakeoverState {
  return {
    phase: 'raising-timestamp',
    round,
    above,
    timestamp: known.version + 1,
    snapshot: known.snapshotVersion + 1,
    abandon,
  };
}

function highest({ stored, committed }: Pick<Found, 'stored' | 'committed'>): {
  version: number;
  snapshotVersion: number;
} {
  return {
    version: Math.max(stored.version, committed.timestamp),
    snapshotVersion: Math.max(stored.snapshotVersion, committed.snapshot),
  };
}

function moved(
  state: Extract<TakeoverState, { phase: 'moving-timestamp' }>,
  outcome: TakeoverOutcome,
): TakeoverState {
  switch (outcome.kind) {
    case 'done':
      return abandoning(state.abandon);
    case 'left':
      return { phase: 'left' };
    case 'lost':
      return outrun.includes(outcome.reason) && state.round < maxRounds
        ? { phase: 'reading-store', round: state.round + 1 }
        : { phase: 'lost', reason: 'takeover' };
    default:
      return state;
  }
}

function abandoning(abandon: readonly number[]): TakeoverState {
  return abandon.length === 0 ? { phase: 'taken-over' } : { phase: 'abandoning', abandon };
}

function failed(state: TakeoverState, code: string): TakeoverState {
  if (passes(code)) return { phase: 'interrupted' };
  return { phase: 'lost', reason: state.phase === 'moving-timestamp' ? 'takeover' : code };
}
