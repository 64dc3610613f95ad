import { describe, expect, it } from 'vitest';
import { FakeClock, monotonicMs, systemClock, toTufDate } from './index.ts';

describe('toTufDate', () => {
  it.each([
    [0, '1970-01-01T00:00:00Z'],
    [999, '1970-01-01T00:00:00Z'],
    [1000, '1970-01-01T00:00:01Z'],
    [951_825_599_999, '2000-02-29T11:59:59Z'],
    [-1, '1969-12-31T23:59:59Z'],
  ])('writes %i ms as %s', (ms, date) => {
    expect(toTufDate(ms)).toBe(date);
  });

  it('refuses what is no time', () => {
    expect(() => toTufDate(Number.NaN)).toThrow(RangeError);
  });
});

describe('FakeClock', () => {
  it('stands still until it is moved', () => {
    const clock = new FakeClock(1000);
    expect([clock.nowMs(), clock.nowMs()]).toEqual([1000, 1000]);
    clock.advance(500);
    expect(clock.nowMs()).toBe(1500);
    clock.set(7);
    expect(clock.nowMs()).toBe(7);
  });
});

describe('systemClock', () => {
  it('is shifted by its offset', () => {
    const dayMs = 86_400_000;
    const difference = systemClock(dayMs).nowMs() - systemClock().nowMs();
    expect(difference).toBeGreaterThan(dayMs - 5000);
    expect(difference).toBeLessThan(dayMs + 5000);
  });
});

describe('monotonicMs', () => {
  it('never goes back', () => {
    const readings = Array.from({ length: 1000 }, monotonicMs);
    expect(readings).toEqual(readings.toSorted((a, b) => a - b));
  });
});
