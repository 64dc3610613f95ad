import { describe, expect, it } from 'vitest';
import { noBudget } from './budget.ts';
import { explore } from './explore.ts';
import type { Budget } from './world.ts';

const timeoutMs = 600_000;

/** What may happen, and how many worlds there are at least. */
const complete: readonly (readonly [string, Partial<Budget>, number])[] = [
  ['two files, a lease that expires, a crash', { files: 2, expiries: 1, crashes: 1 }, 100_000],
  ['a call that takes effect when nobody waits for it', { files: 1, expiries: 1, late: 1 }, 20_000],
  ['two failing calls', { files: 2, faults: 2 }, 1_000],
  ['two calls that take effect late', { files: 1, late: 2 }, 3_000],
  ['a failing call, a late one and a drain', { files: 1, faults: 1, late: 1, drains: 1 }, 5_000],
  ['a failing call, a refresh and a drain', { files: 1, faults: 1, drains: 1, refreshes: 1 }, 3_000],
  ['a store that is set back, and two crashes', { files: 1, crashes: 2, setbacks: 1 }, 5_000],
  ['a power cut and a crash', { files: 2, powerCuts: 1, crashes: 1 }, 5_000],
];

describe('two signers, whatever they do in which order', () => {
  it.each(complete)(
    'keep every invariant in every world with %s',
    (_name, budget, atLeast) => {
      const explored = explore({
        signers: 2,
        budget: { ...noBudget, ...budget },
        maxDepth: 1_000,
        maxStates: 1_000_000,
      });
      expect(explored.violation).toBeNull();
      expect(explored.complete).toBe(true);
      expect(explored.states).toBeGreaterThan(atLeast);
    },
    timeoutMs,
  );

  it(
    'publish nothing twice under one number when the database is set back under them',
    () => {
      const budget = { ...noBudget, files: 1, crashes: 1, restores: 1 };
      const explored = explore({ signers: 2, budget, maxDepth: 34, maxStates: 1_000_000 });
      expect(explored.violation).toBeNull();
      expect(explored.states).toBeGreaterThan(20_000);
    },
    timeoutMs,
  );
});

describe('three signers', () => {
  it(
    'keep every invariant while leases expire under the living',
    () => {
      const budget = { ...noBudget, files: 1, expiries: 2 };
      const explored = explore({ signers: 3, budget, maxDepth: 24, maxStates: 1_000_000 });
      expect(explored.violation).toBeNull();
      expect(explored.states).toBeGreaterThan(5_000);
    },
    timeoutMs,
  );
});
