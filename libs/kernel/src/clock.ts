/** Time is injected; this file is the only one that reads the machine's clock. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  nowMs(): number;
}

/** The machine's clock, shifted by `offsetMs` (development only: RIND_CLOCK_OFFSET_MS). */
export function systemClock(offsetMs = 0): Clock {
  // eslint-disable-next-line no-restricted-properties -- the one place where the clock is read
  return { nowMs: () => Date.now() + offsetMs };
}

/** A clock that stands still until it is told otherwise: for tests and simulations. */
export class FakeClock implements Clock {
  private current: number;

  constructor(startMs: number) {
    this.current = startMs;
  }

  nowMs(): number {
    return this.current;
  }

  advance(ms: number): void {
    this.current += ms;
  }

  set(ms: number): void {
    this.current = ms;
  }
}

/** TUF's only date form, `YYYY-MM-DDTHH:MM:SSZ` (TUF 1.0.34 §4.2): fractions of a second are cut off. */
export function toTufDate(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** Monotonic milliseconds for durations; never for dates. */
export function monotonicMs(): number {
  return performance.now();
}
