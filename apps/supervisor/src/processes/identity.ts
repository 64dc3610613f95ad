import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/** A process, told apart from a later one of the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Its start time, in whatever form the platform says it. */
  readonly born: string;
}

/** Null when there is no such process. */
export function identityOf(pid: number): ProcessIdentity | null {
  const born = existsSync('/proc/self/stat') ? bornByProc(pid) : bornByPs(pid);
  return born === null ? null : { pid, born };
}

export function isAlive(process: ProcessIdentity): boolean {
  return identityOf(process.pid)?.born === process.born;
}

/** Sends the signal if that process is still there, also to one that was stopped. */
export function tell(process: ProcessIdentity, signal: NodeJS.Signals): void {
  if (!isAlive(process)) return;
  try {
    globalThis.process.kill(process.pid, signal);
    globalThis.process.kill(process.pid, 'SIGCONT');
  } catch {
    // It ended by itself.
  }
}

/** Whether all of them are gone within `timeoutMs`. */
export async function allGone(processes: readonly ProcessIdentity[], timeoutMs: number): Promise<boolean> {
  for (let waitedMs = 0; processes.some(isAlive); waitedMs += 20) {
    if (waitedMs >= timeoutMs) return false;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return true;
}

/** Its command line, empty when there is none. */
export function argumentsOf(pid: number): string {
  return spawnSync('ps', ['-ww', '-o', 'args=', '-p', String(pid)], { encoding: 'utf8' }).stdout ?? '';
}

function bornByProc(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command's name, in parentheses, may hold anything; then come state (field 3) and, 22nd, the start.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? null : (fields[19] ?? null);
  } catch {
    return null;
  }
}

function bornByPs(pid: number): string | null {
  const { status, stdout } = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
  return status === 0 && stdout.trim() !== '' ? stdout.trim() : null;
}
