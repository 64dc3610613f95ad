import { SimulatedIndex } from '../simulation/simulated-index.ts';

export const hour = 3_600_000;

/** An empty index of four bins whose signer looks at the clock once an hour. */
export function startSmallIndex(): Promise<SimulatedIndex> {
  return SimulatedIndex.start({ bitLength: 2, tickMs: hour, startMs: Date.parse('2026-01-01T00:00:00Z') });
}
