import { describe, expect, it } from 'vitest';
import { noBudget } from './budget.ts';
import { Encoding } from './encoding.ts';
import { movesOf } from './moves.ts';
import { honestRules } from './rules.ts';
import { firstWorld } from './world.ts';

describe('the name of a world', () => {
  const first = firstWorld(2, { ...noBudget, files: 1 });
  const encoding = new Encoding();

  it('is the same for the same world, made anew', () => {
    expect(encoding.nameOf(firstWorld(2, { ...noBudget, files: 1 }))).toBe(encoding.nameOf(first));
  });

  it('does not depend on which of two signers does something', () => {
    const [one, other] = movesOf(first, honestRules).filter(({ effect }) => effect?.call === 'acquire');
    expect(one!.world.signers).toEqual(other!.world.signers.toReversed());
    expect(encoding.nameOf(one!.world)).toBe(encoding.nameOf(other!.world));
  });

  it('differs with everything else', () => {
    const worlds = [
      first,
      ...movesOf(first, honestRules)
        .slice(1)
        .map(({ world }) => world),
      { ...first, budget: noBudget },
      { ...first, epoch: 1 },
      { ...first, backup: first.database },
      { ...first, late: [{ call: 'acquire' } as const] },
      { ...first, store: { ...first.store, tag: 2 } },
    ];
    expect(new Set(worlds.map((world) => encoding.nameOf(world))).size).toBe(worlds.length);
  });
});
