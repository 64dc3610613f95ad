import {
  advance,
  advanceTakeover,
  commandOf,
  decideTakeover,
  outcomeOf,
  takeoverCommandOf,
} from '@rind/repository';
import type { PublicationState } from '@rind/repository';
import { noBudget } from './budget.ts';
import { honestRules } from './rules.ts';
import type { Rules } from './rules.ts';
import type { Budget } from './world.ts';

/** The machine with one guard removed: an exploration that cannot find out is worth nothing. */
export interface Mutant {
  readonly name: string;
  /** What is removed. */
  readonly sentence: string;
  readonly rules: Rules;
  readonly budget: Budget;
  /** The invariants that it breaks, each looked for by itself. */
  readonly breaks: readonly string[];
}

const stoppedHolder: Partial<Budget> = { files: 1, expiries: 1 };

export const mutants: readonly Mutant[] = [
  mutant(
    ['never-twice', 'old-holder-is-silent', 'never-lost'],
    'no-fence',
    'The database takes writes of a holder whose lease was taken over.',
    stoppedHolder,
    {
      fenceHolds: () => true,
    },
  ),
  mutant(
    ['never-rewrites'],
    'overwrite',
    'The store replaces an object that is there already.',
    { files: 1, crashes: 1, restores: 1 },
    { createOnly: false },
  ),
  mutant(
    ['never-forks', 'old-holder-is-silent', 'never-lost'],
    'unconditional-swap',
    'The timestamp is replaced whatever is there.',
    stoppedHolder,
    {
      tagHolds: () => true,
    },
  ),
  mutant(
    ['closed-is-served', 'never-lost'],
    'abandon-instead-of-roll-forward',
    'A publication that was swapped and not closed is given up.',
    { files: 1, crashes: 1 },
    {
      decideTakeover: (...found) => {
        const decision = decideTakeover(...found);
        if (decision.kind !== 'roll-forward') return decision;
        return { kind: 'continue', abandon: [decision.publicationId, ...decision.abandon] };
      },
    },
  ),
  mutant(
    ['never-lost'],
    'abandon-before-moving',
    'What is unfinished is given up before the timestamp is moved.',
    stoppedHolder,
    {
      takeoverCommandOf: (state) =>
        state.phase === 'moving-timestamp' && state.abandon.length > 0
          ? { kind: 'abandon', publicationId: state.abandon[0]! }
          : takeoverCommandOf(state),
      advanceTakeover: (state, outcome, decide) =>
        state.phase === 'moving-timestamp' && state.abandon.length > 0 && outcome.kind === 'done'
          ? { ...state, abandon: state.abandon.slice(1) }
          : advanceTakeover(state, outcome, decide),
    },
  ),
  mutant(
    ['closed-is-served', 'never-lost'],
    'timestamp-not-moved',
    'A new holder goes on without moving the timestamp itself.',
    stoppedHolder,
    {
      advanceTakeover: (state, outcome, decide) => {
        const next = advanceTakeover(state, outcome, decide);
        return next.phase === 'moving-timestamp' ? advanceTakeover(next, { kind: 'done' }) : next;
      },
    },
  ),
  mutant(
    ['never-forks', 'old-holder-is-silent', 'never-lost'],
    'swap-again-with-a-new-tag',
    'Who lost the swap reads the tag and tries again.',
    stoppedHolder,
    {
      adoptsTag: true,
      advance: (state, outcome) =>
        state.phase === 'prepared' && outcome.kind === 'lost'
          ? { phase: 'swap-unknown' }
          : advance(state, outcome),
      outcomeOfReading: (stored, ours) =>
        stored?.sha256 === ours.sha256 ? { kind: 'done' } : { kind: 'unmade' },
    },
  ),
  mutant(
    ['nobody-stops-for-nothing', 'never-lost'],
    'numbers-reused',
    'A number that was taken and not committed is taken again.',
    { files: 1, crashes: 1 },
    { take: ({ version }) => version + 1 },
  ),
  mutant(
    ['never-dangles', 'never-lost'],
    'not-durable',
    'Nothing is made durable before the timestamp names it.',
    { files: 1, powerCuts: 1 },
    { syncs: false },
  ),
  mutant(
    ['closed-is-served', 'no-false-alarm'],
    'close-before-swap',
    'The record is closed before the timestamp is swapped.',
    { files: 1, crashes: 1 },
    inOrder(['planned', 'opened', 'targets-written', 'snapshot-written', 'durable', 'published', 'prepared']),
  ),
  mutant(
    ['closed-is-served', 'never-lost'],
    'prepare-after-swap',
    'The timestamp is swapped before it is recorded.',
    { files: 1, crashes: 1 },
    inOrder(['planned', 'opened', 'targets-written', 'snapshot-written', 'prepared', 'durable', 'published']),
  ),
  mutant(
    ['closed-is-served', 'never-lost'],
    'unknown-is-done',
    'A swap without an answer is taken for made.',
    { files: 1, faults: 1 },
    {
      advance: (state, outcome) =>
        state.phase === 'prepared' && outcome.kind === 'unknown'
          ? { phase: 'published' }
          : advance(state, outcome),
    },
  ),
  mutant(
    ['closed-is-served', 'never-lost'],
    'unknown-is-not-done',
    'A swap without an answer is taken for not made, and its files go back.',
    { files: 1, faults: 1 },
    {
      advance: (state, outcome) =>
        state.phase === 'prepared' && outcome.kind === 'unknown'
          ? { phase: 'abandoned', reason: 'unknown' }
          : advance(state, outcome),
    },
  ),
  mutant(
    ['nobody-stops-for-nothing'],
    'unread-is-not-done',
    'A timestamp that could not be read is taken for the old one.',
    { files: 1, faults: 2 },
    {
      advance: (state, outcome) =>
        state.phase === 'swap-unknown' && outcome.kind === 'retry'
          ? { phase: 'prepared' }
          : advance(state, outcome),
    },
  ),
  mutant(
    ['nobody-stops-for-nothing'],
    'late-swap-is-a-stranger',
    'A second swap that is refused is lost, though the first was only late.',
    { files: 1, late: 1 },
    {
      advance: (state, outcome) =>
        state.phase === 'swap-unmade' && outcome.kind === 'lost'
          ? { phase: 'lost', reason: outcome.reason }
          : advance(state, outcome),
    },
  ),
  mutant(
    ['never-twice', 'never-lost'],
    'open-again',
    'An open whose commit is unknown is made again.',
    { files: 1, faults: 1 },
    {
      outcomeOf: (command, code) =>
        command === 'open' && code !== 'lease.lost' ? { kind: 'retry' } : outcomeOf(command, code),
    },
  ),
  mutant(
    ['never-twice', 'never-lost'],
    'tidy-without-waiting',
    'What is unfinished is looked for while a commit may still be on its way.',
    { files: 1, late: 1 },
    { renewalWaits: false },
  ),
  mutant(
    ['no-false-alarm'],
    'alarm-without-fence',
    'A holder that may have lost its lease says that the store is older.',
    { files: 0, expiries: 1 },
    {
      advanceTakeover: (state, outcome, decide) => {
        const next = advanceTakeover(state, outcome, decide);
        return next.phase === 'confirming' ? advanceTakeover(next, { kind: 'done' }) : next;
      },
    },
  ),
  mutant(
    ['never-below-seen'],
    'seen-is-not-outdone',
    'What a prepared publication may have shown is given up without a number above it.',
    { files: 1, crashes: 1, setbacks: 1 },
    {
      advanceTakeover: (state, outcome, decide) => {
        const next = advanceTakeover(state, outcome, decide);
        return next.phase === 'moving-timestamp'
          ? { ...next, above: { newSnapshot: false, bins: [] } }
          : next;
      },
    },
  ),
  mutant(
    ['never-forks'],
    'stale-numbers',
    'A number that is served already is used.',
    { files: 1, restores: 1 },
    { staleNumber: () => null },
  ),
];

function mutant(
  breaks: readonly string[],
  name: string,
  sentence: string,
  budget: Partial<Budget>,
  replaced: Partial<Rules>,
): Mutant {
  return {
    name,
    sentence,
    budget: { ...noBudget, ...budget },
    rules: { ...honestRules, ...replaced },
    breaks,
  };
}

/** The honest commands, in another order of the states that they belong to. */
function inOrder(phases: readonly PublicationState['phase'][]): Partial<Rules> {
  const following = (phase: PublicationState['phase']): PublicationState =>
    ({ phase: phases[phases.indexOf(phase) + 1] ?? 'closed' }) as PublicationState;
  return {
    commandOf,
    advance: (state, outcome) => {
      if (outcome.kind !== 'done') return advance(state, outcome);
      return following(
        state.phase === 'swap-unknown' || state.phase === 'swap-unmade' ? 'prepared' : state.phase,
      );
    },
  };
}
