import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultRefresh, isDue, refreshBatchSize } from './refresh-schedule.ts';

const hour = 3_600_000;

describe('the rolling refresh', () => {
  it.each([
    [16 * hour + 1, false],
    [16 * hour, false],
    [16 * hour - 1, true],
    [0, true],
    [-hour, true],
  ])('with %i ms left, due is %s', (leftMs, due) => {
    expect(isDue(leftMs, 0, defaultRefresh)).toBe(due);
  });

  it('keeps every bin of an idle index above the floor, whatever their first expiries are', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2_000 }),
        fc.integer({ min: 0, max: 6 * hour }),
        (count, spreadMs) => {
          const expiries = Array.from(
            { length: count },
            (_, i) => 24 * hour - Math.floor((spreadMs * i) / count),
          );
          for (let nowMs = 0; nowMs < 30 * hour; nowMs += defaultRefresh.tickMs) {
            const due = expiries
              .map((expiresMs, i) => ({ expiresMs, i }))
              .filter(({ expiresMs }) => isDue(expiresMs, nowMs, defaultRefresh))
              .sort((a, b) => a.expiresMs - b.expiresMs);
            const size = refreshBatchSize(due.length, due[0]?.expiresMs ?? nowMs, nowMs, defaultRefresh);
            for (const { i } of due.slice(0, size)) expiries[i] = nowMs + defaultRefresh.lifetimeMs;
            expect(Math.min(...expiries) - nowMs).toBeGreaterThanOrEqual(defaultRefresh.floorMs);
          }
        },
      ),
      { numRuns: 5 },
    );
  });

  it('spreads bins that fall due together instead of signing them at once', () => {
    const size = refreshBatchSize(16_384, 16 * hour, 0, defaultRefresh);
    expect(size).toBeLessThan(16_384 / 200);
    expect(size * 238).toBeGreaterThanOrEqual(16_384);
  });

  it('signs everything at once when it is late', () => {
    expect(refreshBatchSize(10, 11 * hour, 0, defaultRefresh)).toBe(10);
  });
});
