import { invariants } from './invariants.ts';
import type { Move } from './moves.ts';
import type { World } from './world.ts';

export interface Broken {
  readonly invariant: string;
  readonly detail: string;
}

/** The invariants that one exploration looks at. */
export interface Checked {
  /** Also checks that healthy runs end with everything published. */
  readonly neverLost: boolean;
  readonly afterMove: (before: World, move: Move) => Broken | null;
}

/** `only` holds names of invariants, `never-lost` among them; without it, everything is checked. */
export function checkedOf(only?: readonly string[]): Checked {
  const chosen = invariants.filter(({ name }) => only?.includes(name) ?? true);
  return {
    neverLost: only?.includes(neverLost.name) ?? true,
    afterMove: (before, move) => {
      // That it goes back is what this move is.
      if (move.what === 'timestamp set back' || move.what === 'store set back') return null;
      for (const { name, broken } of chosen) {
        const detail = broken(before, move);
        if (detail !== null) return { invariant: name, detail };
      }
      return null;
    },
  };
}

/** Checked by running on, see `healthy-run.ts`. */
export const neverLost = {
  name: 'never-lost',
  sentence: 'From every state, a signer that nothing disturbs publishes every accepted file.',
} as const;
