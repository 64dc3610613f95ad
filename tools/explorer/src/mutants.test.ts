import { describe, expect, it } from 'vitest';
import { neverLost } from './checked.ts';
import { explore } from './explore.ts';
import { invariants } from './invariants.ts';
import { mutants } from './mutants.ts';
import { traceLines } from './trace.ts';

const bounds = { signers: 2, maxDepth: 60, maxStates: 60_000, goOnEvery: 4 };
const timeoutMs = 300_000;

describe('an exploration finds out when a guard is removed', () => {
  it.each(mutants)(
    '$name: $sentence',
    ({ budget, rules, breaks }) => {
      for (const invariant of breaks) {
        const { violation } = explore({ ...bounds, budget, rules, only: [invariant] });
        expect(violation?.invariant).toBe(invariant);
      }
    },
    timeoutMs,
  );

  it.each(mutants)(
    '$name: and it is the guard that makes the difference',
    ({ budget, rules }) => {
      const { violation } = explore({ ...bounds, budget, rules });
      const moves = violation!.trace.length;
      expect(traceLines(violation!).length).toBeGreaterThan(moves);
      expect(explore({ ...bounds, budget, maxDepth: moves }).violation).toBeNull();
    },
    timeoutMs,
  );

  it('so each invariant can be broken', () => {
    const broken = new Set(mutants.flatMap(({ breaks }) => breaks));
    const names = [...invariants.map(({ name }) => name), neverLost.name];
    // Its own test breaks it: no single guard stands between half a publication and the clients.
    expect(names.filter((name) => !broken.has(name))).toEqual(['never-half']);
  });
});
