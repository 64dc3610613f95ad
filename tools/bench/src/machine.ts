import { closeSync, fdatasyncSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { hash } from '@rind/crypto';
import { monotonicMs } from '@rind/kernel';
import { percentile } from './result.ts';
import type { Machine } from './result.ts';

/** Readings of this machine, taken in the run itself: without them no number means anything elsewhere. */
export function readMachine(): Machine {
  return { cores: cpus().length, fsyncMs: fsyncMs(), sha256MBps: sha256Rate(), node: process.version };
}

function fsyncMs(): number {
  const folder = mkdtempSync(join(tmpdir(), 'rind-bench-'));
  const file = openSync(join(folder, 'probe'), 'w');
  const samples = Array.from({ length: 20 }, () => {
    const from = monotonicMs();
    writeSync(file, Buffer.alloc(4096));
    fdatasyncSync(file);
    return monotonicMs() - from;
  });
  closeSync(file);
  rmSync(folder, { recursive: true });
  return Math.round(percentile(samples, 0.5) * 100) / 100;
}

function sha256Rate(): number {
  const bytes = new Uint8Array(64 * 1024 * 1024);
  const from = monotonicMs();
  hash('sha256', bytes);
  return Math.round(64 / ((monotonicMs() - from) / 1000));
}

/** Peak resident memory of a process in bytes, 0 where the system does not say. */
export function rssPeakBytes(pid: number | null): number {
  if (pid === null) return 0;
  try {
    const line = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return line === undefined ? 0 : Number(line) * 1024;
  } catch {
    return 0;
  }
}

/** Resident memory of a process now, in bytes. */
export function rssBytes(pid: number | null): number {
  if (pid === null) return 0;
  const line = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return line === undefined ? 0 : Number(line) * 1024;
}

/** Peak resident memory of each process of an instance, in MiB. */
export function rssOfProcesses(processes: {
  readonly gate: number | null;
  readonly warehouse: number | null;
  readonly auth: number | null;
  readonly signer: readonly (number | null)[];
}): Record<string, number> {
  const mebibytes = (pid: number | null): number => Math.round(rssPeakBytes(pid) / 1_048_576);
  return {
    rssGateMB: mebibytes(processes.gate),
    rssWarehouseMB: mebibytes(processes.warehouse),
    rssAuthMB: mebibytes(processes.auth),
    rssSignerMB: mebibytes(processes.signer[0] ?? null),
  };
}
