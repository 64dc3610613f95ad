import { describe, expect, it } from 'vitest';
import { Faults } from './index.ts';
import type { Fault, FaultSpec } from './index.ts';

const spec: FaultSpec = { store: 0.2, key: 0, db: 0.5, lost: 0.1, stallMs: 300 };
const draws = (faults: Faults, target: 'store' | 'key' | 'db', count = 4_000): Fault[] =>
  Array.from({ length: count }, () => faults.next(target));
const share = (drawn: readonly Fault[], fault: Fault): number =>
  drawn.filter((each) => each === fault).length / drawn.length;

describe('the choice of faults', () => {
  it('is the same for the same seed, and another for another', () => {
    const [once, again, other] = ['7', '7', '8'].map((seed) => draws(new Faults({ spec, seed }), 'db', 100));
    expect(again).toEqual(once);
    expect(other).not.toEqual(once);
  });

  it('comes as often as was said, half of it stalling', () => {
    const drawn = draws(new Faults({ spec, seed: 'often' }), 'store');
    expect(share(drawn, 'fail')).toBeCloseTo(0.1, 1);
    expect(share(drawn, 'stall')).toBeCloseTo(0.1, 1);
    expect(share(drawn, 'lost')).toBeCloseTo(0.1, 1);
  });

  it('fails and never stalls where no time is given', () => {
    const drawn = draws(new Faults({ spec: { ...spec, stallMs: 0 }, seed: 'now' }), 'db');
    expect(share(drawn, 'fail')).toBeCloseTo(0.5, 1);
    expect(share(drawn, 'stall')).toBe(0);
  });

  it('of a target without faults is lost replies alone', () => {
    expect(new Set(draws(new Faults({ spec, seed: 'key' }), 'key'))).toEqual(new Set(['none', 'lost']));
  });
});

describe('a call', () => {
  const never = { store: 0, key: 0, db: 0, lost: 0, stallMs: 0 };
  const unavailable = new Error('unavailable');

  async function called(
    given: Partial<FaultSpec>,
  ): Promise<{ done: number; paused: number[]; end: unknown }> {
    const paused: number[] = [];
    let done = 0;
    const faults = new Faults({
      spec: { ...never, ...given },
      seed: 'any',
      pause: async (ms) => void paused.push(ms),
    });
    const end: unknown = await faults
      .call(
        'store',
        () => ++done,
        () => unavailable,
      )
      .catch((error: unknown) => error);
    return { done, paused, end };
  }

  it.each([
    ['works', {}, { done: 1, paused: [], end: 1 }],
    ['fails before anything happened', { store: 1 }, { done: 0, paused: [], end: unavailable }],
    ['works, and its reply is lost', { lost: 1 }, { done: 1, paused: [], end: unavailable }],
  ])('%s', async (_what, given, expected) => {
    expect(await called(given)).toEqual(expected);
  });

  it('that stalls works after its time', async () => {
    const faults = new Faults({
      spec: { ...never, store: 1, stallMs: 300 },
      seed: 'stall',
      pause: async () => {},
    });
    const ends = await Promise.all(
      Array.from({ length: 50 }, () =>
        faults
          .call(
            'store',
            () => 'done',
            () => unavailable,
          )
          .catch((error: unknown) => error),
      ),
    );
    expect(new Set(ends)).toEqual(new Set(['done', unavailable]));
  });
});
