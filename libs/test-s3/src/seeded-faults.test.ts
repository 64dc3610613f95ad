import { describe, expect, it } from 'vitest';
import { SeededFaults } from './seeded-faults.ts';
import type { RandomFaults } from './seeded-faults.ts';

const sequence = (faults: RandomFaults, length = 10_000) => {
  const source = new SeededFaults(faults);
  return Array.from({ length }, () => source.next());
};

describe('seeded faults', () => {
  const kinds = ['fail', 'drop-reply'] as const;

  it('are the same for the same seed and others for another', () => {
    const first = sequence({ rate: 0.5, seed: 1, kinds });
    expect(sequence({ rate: 0.5, seed: 1, kinds })).toEqual(first);
    expect(sequence({ rate: 0.5, seed: 2, kinds })).not.toEqual(first);
  });

  it.each([0, 0.2, 1])('have the rate %f, shared among the kinds', (rate) => {
    const faults = sequence({ rate, seed: 7, kinds });
    for (const kind of kinds) {
      const share = faults.filter((fault) => fault === kind).length / faults.length;
      expect(Math.abs(share - rate / 2)).toBeLessThan(0.02);
    }
  });
});
