import { describe, expect, it } from 'vitest';
import { Chance } from './chance.ts';

const draws = 10_000;

describe('chance', () => {
  it('makes the same choices from the same seed, and others from another', () => {
    const of = (seed: number) => {
      const chance = new Chance(seed);
      return Array.from({ length: 20 }, () => chance.between(0, 1_000));
    };
    expect(of(7)).toEqual(of(7));
    expect(of(7)).not.toEqual(of(8));
  });

  it('answers numbers from 0 to below 1, spread over the whole range', () => {
    const chance = new Chance(1);
    const all = Array.from({ length: draws }, () => chance.next());
    expect(Math.min(...all)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...all)).toBeLessThan(1);
    for (let tenth = 0; tenth < 10; tenth++) {
      const inTenth = all.filter((number) => Math.floor(number * 10) === tenth).length;
      expect(inTenth).toBeGreaterThan(draws / 20);
    }
  });

  it('takes both ends of a range', () => {
    const chance = new Chance(2);
    const all = new Set(Array.from({ length: 200 }, () => chance.between(3, 5)));
    expect([...all].toSorted()).toEqual([3, 4, 5]);
  });

  it('chooses as often as the weights say, and never what weighs nothing', () => {
    const chance = new Chance(3);
    const counts = { often: 0, seldom: 0, never: 0 };
    for (let i = 0; i < draws; i++) {
      counts[
        chance.weighted<keyof typeof counts>([
          ['often', 9],
          ['never', 0],
          ['seldom', 1],
        ])
      ] += 1;
    }
    expect(counts.never).toBe(0);
    expect(counts.seldom).toBeGreaterThan(draws * 0.05);
    expect(counts.often).toBeGreaterThan(draws * 0.8);
  });
});
