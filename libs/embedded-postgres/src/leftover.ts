import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { PostgresError } from './errors.ts';
import { birthMark, serverProcesses } from './processes.ts';

const everyMs = 50;
/** After this long a leftover server is stopped without its final checkpoint; recovery is the next start's. */
const fastShutdownMs = 10_000;
const immediateMs = 20_000;
const giveUpMs = 30_000;

interface Owner {
  readonly pid: number;
  readonly born: string | null;
}

const ownerFile = (folder: string): string => join(folder, 'owner.json');

/** Writes down that this process runs the server of `folder`; refuses while another living one does. */
export function claim(folder: string): void {
  const owner = readOwner(folder);
  if (owner !== null && owner.pid !== process.pid && isAlive(owner)) {
    throw new PostgresError('postgres.in-use', `process ${owner.pid} runs a server on ${folder}`, {
      folder,
      pid: owner.pid,
    });
  }
  const claimed: Owner = { pid: process.pid, born: birthMark(process.pid) };
  writeFileSync(ownerFile(folder), JSON.stringify(claimed), { mode: 0o600 });
}

export function release(folder: string): void {
  if (readOwner(folder)?.pid === process.pid) rmSync(ownerFile(folder), { force: true });
}

/**
 * Ends what a killed parent or a killed server left: the server is asked to shut down fast, backends
 * without a server end by themselves and are told so if they linger. Only then may the pid file go: it
 * is what keeps two servers off one cluster.
 */
export async function endLeftover(cluster: string, executable: string): Promise<void> {
  for (let waitedMs = 0; ; waitedMs += everyMs) {
    const running = serverProcesses(cluster, executable);
    if (running.length === 0) break;
    if (waitedMs > giveUpMs) {
      throw new PostgresError('postgres.in-use', `a server on ${cluster} does not end`, {
        folder: cluster,
        pid: running[0]!,
      });
    }
    const server = postmasterOf(cluster);
    if (waitedMs % 1_000 === 0) {
      const signal = waitedMs < fastShutdownMs ? 'SIGINT' : waitedMs < immediateMs ? 'SIGQUIT' : 'SIGKILL';
      for (const pid of server !== null && running.includes(server) ? [server] : running) tell(pid, signal);
    }
    await pause(everyMs);
  }
  // On platforms where orphans cannot be listed the server judges the file by itself.
  if (process.platform === 'linux') rmSync(join(cluster, 'postmaster.pid'), { force: true });
}

/** The pid that a server wrote down when it started on this cluster. */
export function postmasterOf(cluster: string): number | null {
  const file = join(cluster, 'postmaster.pid');
  if (!existsSync(file)) return null;
  const pid = Number.parseInt(readFileSync(file, 'utf8'), 10);
  return Number.isInteger(pid) && pid > 1 ? pid : null;
}

function readOwner(folder: string): Owner | null {
  try {
    const owner = JSON.parse(readFileSync(ownerFile(folder), 'utf8')) as Partial<Owner>;
    return typeof owner.pid === 'number' ? { pid: owner.pid, born: owner.born ?? null } : null;
  } catch {
    return null;
  }
}

function isAlive(owner: Owner): boolean {
  const born = birthMark(owner.pid);
  return born !== null && born === owner.born;
}

/** A server that was stopped acts on a signal only once it goes on. */
function tell(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
    process.kill(pid, 'SIGCONT');
  } catch {
    // it ended by itself
  }
}
