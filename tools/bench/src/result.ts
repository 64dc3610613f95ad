/** One benchmark's reading (docs/reference/bench.md). Times in milliseconds. */
export interface BenchResult {
  readonly name: string;
  readonly machine: Machine;
  readonly params: Readonly<Record<string, string | number>>;
  readonly samplesMs: readonly number[];
  readonly p50: number;
  readonly p99: number;
  readonly rssPeakBytes: number;
  readonly cpuMsPerItem: number | null;
  /** A bare loop that moves, hashes, signs and writes the same bytes in the same run. */
  readonly floor: { readonly what: string; readonly p50: number };
  readonly ratio: number;
}

export interface Machine {
  readonly cores: number;
  readonly fsyncMs: number;
  readonly sha256MBps: number;
  readonly node: string;
}

export interface Reading {
  readonly params: Readonly<Record<string, string | number>>;
  readonly samplesMs: readonly number[];
  readonly rssPeakBytes: number;
  readonly cpuMsPerItem?: number | null;
  readonly floor: { readonly what: string; readonly samplesMs: readonly number[] };
}

/** The value below which `share` of the samples lie (nearest rank). */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? Number.NaN;
}

export function toResult(name: string, machine: Machine, reading: Reading): BenchResult {
  const p50 = percentile(reading.samplesMs, 0.5);
  const floor = percentile(reading.floor.samplesMs, 0.5);
  return {
    name,
    machine,
    params: reading.params,
    samplesMs: reading.samplesMs.map((ms) => Math.round(ms * 100) / 100),
    p50: round(p50),
    p99: round(percentile(reading.samplesMs, 0.99)),
    rssPeakBytes: reading.rssPeakBytes,
    cpuMsPerItem: reading.cpuMsPerItem ?? null,
    floor: { what: reading.floor.what, p50: round(floor) },
    ratio: round(p50 / floor),
  };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
