import { describe, expect, it } from 'vitest';
import { noBudget } from './budget.ts';
import { checkedOf } from './checked.ts';
import { honestRules } from './rules.ts';
import { perform } from './moves.ts';
import type { Move } from './moves.ts';
import { binKey, firstWorld, snapshotKey } from './world.ts';
import type { World } from './world.ts';

function putBin(world: World, index: number, files: readonly number[]): World {
  const effect = { call: 'put-bin', index, from: 1, version: 2, id: 'new', files } as const;
  return perform(world, effect, honestRules).world;
}

function swapTo(world: World): Move {
  const object = { id: 'new', bins: [2, 2] };
  const stored = perform(world, { call: 'put', key: snapshotKey(2), object }, honestRules).world;
  const timestamp = { id: 'new', fence: 1, version: 2, snapshot: 2, snapshotId: 'new' };
  const effect = { call: 'swap', timestamp, tag: 1 } as const;
  const { world: served, reply } = perform(stored, effect, honestRules);
  return { world: served, signer: 0, what: 'step', effect, reply, stopped: null };
}

describe('the invariants', () => {
  const first = firstWorld(1, noBudget);
  const half = checkedOf(['never-half']);

  it('see half a publication', () => {
    const world = putBin(putBin(first, 0, [0]), 1, []);
    expect(half.afterMove(world, swapTo(world))?.invariant).toBe('never-half');
  });

  it('see a whole one as whole', () => {
    const world = putBin(putBin(first, 0, [0]), 1, [0]);
    expect(half.afterMove(world, swapTo(world))).toBeNull();
    expect(
      checkedOf(['never-dangles', 'never-forks', 'never-twice']).afterMove(world, swapTo(world)),
    ).toBeNull();
  });

  it('see a bin that is not there', () => {
    const world = putBin(first, 0, [0]);
    expect(world.store.objects[binKey(1, 2)]).toBeUndefined();
    expect(checkedOf(['never-dangles']).afterMove(world, swapTo(world))?.invariant).toBe('never-dangles');
  });
});
